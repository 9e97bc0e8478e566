// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Holds the vectors of each level to what they say of themselves, and the tables to their names.

use std::ffi::CStr;

use super::*;

/// Lanes enough for any level, and as many to see that nothing else is written.
type Lanes = [f64; 16];

const NONE: f64 = -1.5;

fn numbers(from: f64) -> Lanes {
    std::array::from_fn(|k| from + k as f64)
}

fn lanes<V: Vector>(vector: V) -> Vec<f64> {
    let mut out = [NONE; 16];
    // SAFETY: no level has more lanes.
    unsafe { vector.store(out.as_mut_ptr()) };
    assert!(out[V::LANES..].iter().all(|&lane| lane == NONE));
    out[..V::LANES].to_vec()
}

fn vector<V: Vector>(lanes: &[f64]) -> V {
    assert!(lanes.len() >= V::LANES);
    // SAFETY: there are as many.
    unsafe { V::load(lanes.as_ptr()) }
}

#[derive(Clone, Copy)]
struct Arithmetic;

impl Kernel for Arithmetic {
    type Output = ();

    fn run<V: Vector>(self) {
        let values = [
            0.1,
            -0.0,
            f64::INFINITY,
            f64::NAN,
            5e-324,
            -3.7e153,
            1.0 + f64::EPSILON,
            f64::MAX,
        ];
        for x in values {
            for y in values {
                let (v, w) = (V::splat(x), V::splat(y));
                let small = y.clamp(-2.0, 2.0);
                for (got, want) in [
                    (v + w, x + y),
                    (v - w, x - y),
                    (v * w, x * y),
                    (v / w, x / y),
                    (v.plus(w, V::splat(std::hint::black_box(1.0))), x + y),
                    (v.double_plus(V::splat(small)), 2.0 * x + small),
                ] {
                    for lane in lanes(got) {
                        assert!(
                            lane.to_bits() == want.to_bits() || lane.is_nan() && want.is_nan(),
                            "{lane:e}, want {want:e}, of {x:e} and {y:e}"
                        );
                    }
                }
                let all = (1 << V::LANES) - 1;
                assert_eq!(v.lt(w).bits(), if x < y { all } else { 0 }, "{x:e} < {y:e}");
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Moves;

impl Kernel for Moves {
    type Output = ();

    fn run<V: Vector>(self) {
        let n = V::LANES;
        let (low, high) = (numbers(0.0), numbers(n as f64));
        let (v, w): (V, V) = (vector(&low), vector(&high));
        assert_eq!(lanes(v), low[..n]);
        assert_eq!(lanes(V::following(v, w)), numbers(1.0)[..n]);
        assert_eq!(lanes(V::preceding(v, w)), numbers(n as f64 - 1.0)[..n]);

        let (re, im) = V::split(v, w);
        let twice = |from: f64| (0..n).map(|k| from + 2.0 * k as f64).collect::<Vec<_>>();
        assert_eq!((lanes(re), lanes(im)), (twice(0.0), twice(1.0)));

        let mut square = V::square(V::splat(NONE));
        assert_eq!(square.as_ref().len(), n);
        for (i, line) in square.as_mut().iter_mut().enumerate() {
            assert_eq!(lanes(*line), vec![NONE; n]);
            *line = vector(&numbers((100 * i) as f64));
        }
        for (j, line) in V::transpose(square).as_ref().iter().enumerate() {
            let want: Vec<f64> = (0..n).map(|i| (100 * i + j) as f64).collect();
            assert_eq!(lanes(*line), want);
        }
    }
}

#[derive(Clone, Copy)]
struct Parts;

impl Kernel for Parts {
    type Output = ();

    fn run<V: Vector>(self) {
        let all = numbers(1.0);
        for count in 0..=V::LANES {
            // Exactly as much memory as may be read or written.
            let mut part = all[..count].to_vec();
            // SAFETY: it has `count` numbers.
            let v: V = unsafe { V::load_first(part.as_ptr(), count) };
            let mut want = part.clone();
            want.resize(V::LANES, 0.0);
            assert_eq!(lanes(v), want);
            // SAFETY: as above.
            unsafe { (v + V::splat(1.0)).store_first(part.as_mut_ptr(), count) };
            assert_eq!(part, numbers(2.0)[..count]);
            assert_eq!(V::Mask::first(count).bits(), (1 << count) - 1);
        }

        let v: V = vector(&all);
        for bits in 0_u32..1 << V::LANES {
            let flags: Lanes = std::array::from_fn(|k| (bits >> k & 1) as f64);
            let mask = V::splat(0.5).lt(vector(&flags));
            assert_eq!(mask.bits(), bits);
            assert_eq!(mask.and(V::Mask::first(1)).bits(), bits & 1);
            let picked = lanes(V::select(mask, v, V::splat(0.0)));
            for (k, picked) in picked.into_iter().enumerate() {
                assert_eq!(picked, if bits >> k & 1 == 1 { all[k] } else { 0.0 });
            }
            assert_eq!(mask.and_not(V::Mask::first(1)).bits(), bits & !1);
            let mut got = [NONE; 16];
            // SAFETY: it has room for all lanes.
            unsafe { v.compress(mask, got.as_mut_ptr()) };
            let want: Vec<f64> = (0..V::LANES)
                .filter(|k| bits >> k & 1 == 1)
                .map(|k| all[k])
                .collect();
            assert_eq!(got[..want.len()], want);
            assert!(got[V::LANES..].iter().all(|&lane| lane == NONE));
        }

        for bits in 0_u32..1 << V::LANES {
            let flags: Lanes = std::array::from_fn(|k| (bits >> k & 1) as f64);
            let mask = V::splat(0.5).lt(vector(&flags));
            let mut got = [-1; 16];
            // SAFETY: it has room for all lanes.
            unsafe {
                let counts = V::splat(0.0)
                    .count(V::Mask::first(V::LANES))
                    .count(mask)
                    .count(mask);
                counts.counted().store_i32(got.as_mut_ptr());
            }
            for (k, &got) in got.iter().enumerate() {
                let want = if k < V::LANES {
                    1 + 2 * (bits >> k & 1) as i32
                } else {
                    -1
                };
                assert_eq!(got, want);
            }
        }

        let mut got = [-1; 16];
        // SAFETY: it has room for all lanes.
        unsafe { V::integers(7).store_i32(got.as_mut_ptr()) };
        for (k, &got) in got.iter().enumerate() {
            assert_eq!(got, if k < V::LANES { 7 + k as i32 } else { -1 });
        }

        #[repr(align(64))]
        struct Aligned(Lanes);
        let mut aligned = Aligned([NONE; 16]);
        // SAFETY: it has the alignment of the widest vectors, and room for all lanes.
        unsafe { v.stream(aligned.0.as_mut_ptr()) };
        fence();
        assert_eq!(aligned.0[..V::LANES], all[..V::LANES]);
        assert_eq!(aligned.0[V::LANES], NONE);
    }
}

#[test]
fn vectors() {
    at_each_level(Arithmetic);
    at_each_level(Moves);
    at_each_level(Parts);
}

/// The names of all tables, and their functions.
const TABLES: [(&str, extern "C" fn() -> *const Table); 12] = [
    ("rust-simd", toll_rust_simd_table),
    ("rust-simd-baseline", toll_rust_simd_baseline_table),
    ("rust-simd-avx2", toll_rust_simd_avx2_table),
    ("rust-simd-avx512", toll_rust_simd_avx512_table),
    ("rust-simd-par", toll_rust_simd_par_table),
    ("rust-simd-par-baseline", toll_rust_simd_par_baseline_table),
    ("rust-simd-par-avx2", toll_rust_simd_par_avx2_table),
    ("rust-simd-par-avx512", toll_rust_simd_par_avx512_table),
    ("rust-simd-brute", toll_rust_simd_brute_table),
    ("rust-simd-brute-baseline", toll_rust_simd_brute_baseline_table),
    ("rust-simd-brute-avx2", toll_rust_simd_brute_avx2_table),
    ("rust-simd-brute-avx512", toll_rust_simd_brute_avx512_table),
];

/// Text of a table.
fn text(p: *const std::ffi::c_char) -> &'static str {
    // SAFETY: a table's texts are constant and terminated.
    unsafe { CStr::from_ptr(p) }.to_str().expect("it is UTF-8")
}

#[test]
fn names_and_slots() {
    for (name, table) in TABLES {
        // SAFETY: a table is constant.
        let Some(table) = (unsafe { table().as_ref() }) else {
            assert!(name.contains("avx"), "{name} is offered everywhere");
            continue;
        };
        assert_eq!(text(table.language), name);
        let all = !name.contains("brute");
        assert!(table.julia.is_some() && table.julia_split.is_some());
        for offered in [
            table.diffusion_step_row.is_some() && table.diffusion_step_col.is_some(),
            table.diffusion_run_row.is_some() && table.diffusion_run_col.is_some(),
            table.ols_row.is_some() && table.ols_col.is_some(),
        ] {
            assert_eq!(offered, all, "{name}");
        }
        assert!(table.transpose.is_none() && table.ols_row_interchanged.is_none());
    }
}
