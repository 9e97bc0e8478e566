// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Holds the vectors of each level to what they say of themselves, and the tables to their names.

use std::ffi::CStr;

use super::certificate::{Certificate, Disc};
use super::*;
use crate::abi::Status;
use crate::julia::{Complex, escape};

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
                    (v.max(w), if x > y { x } else { y }),
                    (v.min(w), if x < y { x } else { y }),
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
                assert_eq!(v.eq(w).bits(), if x == y { all } else { 0 }, "{x:e} = {y:e}");
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
            assert_eq!(mask.or(V::Mask::first(1)).bits(), bits | 1);
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

/// All tables that the processor has the level for.
fn tables() -> impl Iterator<Item = &'static Table> {
    // SAFETY: a table is constant.
    TABLES
        .into_iter()
        .filter_map(|(_, table)| unsafe { table().as_ref() })
}

/// Pseudorandom numbers in [0, 1): Steele's SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// In the square of that half side about 0.
    fn complex(&mut self, half: f64) -> Complex {
        [0.0; 2].map(|_| half * (2.0 * self.next() - 1.0))
    }
}

/// Holds both functions of each table to the plain loop, on part of the points.
fn same_counts(zs: &[Complex], cs: &[Complex], (lo, hi): (usize, usize), maxiter: i32, teams: &[(i32, i32)]) {
    let n = zs.len();
    let mut want = vec![-7; n];
    for k in lo..hi {
        want[k] = escape(zs[k], cs[k], maxiter);
    }
    let part = |points: &[Complex], k: usize| points.iter().map(|z| z[k]).collect::<Vec<_>>();
    let parts = [part(zs, 0), part(zs, 1), part(cs, 0), part(cs, 1)];
    let [zr, zi, cr, ci] = parts.each_ref().map(|part| part.as_ptr());
    let (length, from, to) = (n as i64, lo as i64, hi as i64);
    for table in tables() {
        for &(threads, schedule) in teams {
            let (mut got, mut got_split) = (vec![-7; n], vec![-7; n]);
            let (p, q) = (got.as_mut_ptr(), got_split.as_mut_ptr());
            let (z, c) = (zs.as_ptr().cast(), cs.as_ptr().cast());
            let julia = table.julia.expect("it is offered");
            let split = table.julia_split.expect("it is offered");
            // SAFETY: the arrays have the length that is passed.
            let statuses = unsafe {
                [
                    julia(p, z, c, length, from, to, maxiter, threads, schedule),
                    split(q, zr, zi, cr, ci, length, from, to, maxiter, threads, schedule),
                ]
            };
            assert_eq!(statuses, [Status::Ok; 2]);
            for got in [&got, &got_split] {
                if let Some(k) = (0..n).find(|&k| got[k] != want[k]) {
                    panic!(
                        "{}: {} of z {:?} and c {:?}, want {}; point {k} of {n}, [{lo}, {hi}), at most {maxiter}",
                        text(table.language),
                        got[k],
                        zs[k],
                        cs[k],
                        want[k]
                    );
                }
            }
        }
    }
}

/// What a table makes of matrices of numbers, bit by bit; None if it has no such kernels.
fn diffusion_and_fits(
    table: &Table,
    col: bool,
    [rows, cols, padding]: [usize; 3],
    threads: i32,
) -> Option<Vec<u64>> {
    let (step, run, ols) = if col {
        (
            table.diffusion_step_col?,
            table.diffusion_run_col?,
            table.ols_col?,
        )
    } else {
        (
            table.diffusion_step_row?,
            table.diffusion_run_row?,
            table.ols_row?,
        )
    };
    let (outer, inner) = if col { (cols, rows) } else { (rows, cols) };
    let ld = inner + padding;
    let mut random = Random(5);
    let input: Vec<f64> = (0..(outer - 1) * ld + inner).map(|_| random.next()).collect();
    let (mut out, mut a, mut b) = (vec![0.0; input.len()], input.clone(), input.clone());
    let (mut slope, mut intercept) = (vec![0.0; rows], vec![0.0; rows]);
    let (lo, hi, length) = (1, rows as i64 - 1, ld as i64);
    let (rows, cols) = (rows as i64, cols as i64);
    let y = input.as_ptr();
    // SAFETY: the matrices have the shapes that are passed.
    let statuses = unsafe {
        let (p, q) = (slope.as_mut_ptr(), intercept.as_mut_ptr());
        [
            step(
                out.as_mut_ptr(),
                y,
                rows,
                cols,
                length,
                lo,
                hi,
                0.7,
                0.1,
                threads,
                1,
            ),
            run(
                a.as_mut_ptr(),
                b.as_mut_ptr(),
                rows,
                cols,
                length,
                5,
                0.7,
                0.1,
                threads,
                0,
            ),
            ols(p, q, y, rows, cols, length, lo, hi, threads, 2),
        ]
    };
    assert_eq!(statuses, [Status::Ok; 3]);
    let all = [out, a, b, slope, intercept];
    Some(all.concat().into_iter().map(f64::to_bits).collect())
}

fn same_diffusion_and_fits(threads: i32) {
    // SAFETY: the table is constant.
    let plain = unsafe { &*crate::toll_rust_table() };
    for shape in [[3, 3, 0], [5, 21, 2], [12, 4, 1], [9, 11, 0], [20, 18, 3]] {
        for col in [false, true] {
            let want = diffusion_and_fits(plain, col, shape, 1);
            for table in tables() {
                let got = diffusion_and_fits(table, col, shape, threads);
                assert!(
                    got.is_none() || got == want,
                    "{}: {shape:?}, col {col}",
                    text(table.language)
                );
            }
        }
    }
}

/// Small matrices, of which Miri sees each access; the conformance suite has others.
#[test]
fn diffusion_and_fits_of_small_matrices() {
    same_diffusion_and_fits(1);
}

#[test]
fn diffusion_and_fits_by_two_threads() {
    same_diffusion_and_fits(2);
}

const BOOK: Complex = [-0.62772, -0.42193];

/// Lengths about those of vectors, groups and blocks.
#[test]
fn julia_of_any_length() {
    let mut random = Random(1);
    let lengths: &[usize] = if cfg!(miri) {
        &[1, 5]
    } else {
        &[511, 2047, 2048, 2049, 2101, 4500]
    };
    for n in (1..if cfg!(miri) { 1 } else { 100 }).chain(lengths.iter().copied()) {
        let zs: Vec<Complex> = (0..n).map(|_| random.complex(1.6)).collect();
        let one = vec![BOOK; n];
        let two: Vec<Complex> = (0..n)
            .map(|k| if k < n / 3 { BOOK } else { [0.1, 0.2] })
            .collect();
        let own: Vec<Complex> = (0..n).map(|_| random.complex(1.5)).collect();
        for cs in [one, two, own] {
            same_counts(&zs, &cs, (0, n), 40, &[(1, 0)]);
            same_counts(&zs, &cs, (n / 3, n - n / 4), 40, &[(1, 0)]);
        }
    }
}

#[test]
fn julia_by_any_team() {
    let mut random = Random(2);
    let n = 40_000;
    let zs: Vec<Complex> = (0..n).map(|_| random.complex(1.8)).collect();
    let teams = [(1, 1), (2, 0), (2, 1), (3, 2)];
    same_counts(&zs, &vec![BOOK; n], (1, n - 2), 100, &teams);
}

/// The last pass is cut anywhere.
#[test]
fn julia_of_any_number_of_iterations() {
    let mut random = Random(3);
    let zs: Vec<Complex> = (0..300).map(|_| random.complex(1.2)).collect();
    let own: Vec<Complex> = (0..300).map(|_| random.complex(0.8)).collect();
    for maxiter in (0..50).chain([300, 5000]) {
        same_counts(&zs, &[BOOK; 300], (0, 300), maxiter, &[(1, 0)]);
        same_counts(&zs, &own, (0, 300), maxiter.min(300), &[(1, 0)]);
    }
    same_counts(&zs[..40], &[[0.1, 0.1]; 40], (0, 40), i32::MAX / 4000, &[(1, 0)]);
}

#[test]
fn julia_of_extreme_numbers() {
    let numbers = [
        0.0,
        -0.0,
        1e-310,
        -5e-324,
        1.5e-154,
        0.3,
        -1.1,
        2.0,
        -2.0,
        2.0 - f64::EPSILON,
        1e154,
        -1.4e154,
        f64::MAX,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    let points: Vec<Complex> = numbers
        .iter()
        .flat_map(|&re| numbers.map(|im| [re, im]))
        .collect();
    for c in points
        .iter()
        .chain(&[BOOK, [-1.0, 0.0], [1.41, 1.42], [-1.9997, 0.0]])
    {
        same_counts(&points, &vec![*c; points.len()], (0, points.len()), 30, &[(1, 0)]);
    }
    // Each with each, some c too large for lanes among others.
    let mut cs = points.clone();
    for _ in 0..17 {
        cs.rotate_left(15);
        same_counts(&points, &cs, (0, points.len()), 30, &[(1, 0)]);
    }
}

/// c inside the main cardioid and the disc of period 2, at their edges and a little outside, and anywhere: points
/// anywhere, and on the orbit of 0, where the discs are, and their neighbours.
#[test]
fn julia_with_and_without_a_cycle() {
    let mut random = Random(4);
    for k in 0..60 {
        let size = [0.3, 0.9, 0.99, 0.9999, 1.0, 1.0 + 1e-9, 1.02][k % 7];
        let angle = 6.3 * random.next();
        let [re, im] = [size * angle.cos(), size * angle.sin()];
        let c = match k % 3 {
            0 => [re / 2.0 - (re * re - im * im) / 4.0, im / 2.0 - re * im / 2.0],
            1 => [re / 4.0 - 1.0, im / 4.0],
            _ => random.complex(2.5),
        };
        let mut zs: Vec<Complex> = (0..600).map(|_| random.complex(1.7)).collect();
        let mut z = [0.0; 2];
        for _ in 0..200 {
            z = [(z[0] * z[0] - z[1] * z[1]) + c[0], 2.0 * (z[0] * z[1]) + c[1]];
            zs.push(z);
            zs.push([z[0].next_up(), z[1]]);
            let near = random.complex(0.2);
            zs.push([z[0] + near[0], z[1] + near[1]]);
        }
        same_counts(&zs, &vec![c; zs.len()], (0, zs.len()), 700, &[(1, 0)]);
    }
}

/// Without it the tests above would hold as well.
#[test]
fn certificates() {
    for (c, period) in [
        (BOOK, 7),
        ([0.2, 0.0], 1),
        ([-1.0, 0.0], 2),
        ([-1.2, 0.0], 2),
        ([-0.12, 0.74], 3),
    ] {
        let certificate = Certificate::find(c, 4096).expect("there is an attracting cycle");
        let discs = certificate.discs();
        assert_eq!(discs.len(), period.min(3), "{c:?}");
        let interval = certificate.interval(8) as usize;
        assert!(
            (8..20).contains(&interval) && (period == 1 || !interval.is_multiple_of(period)),
            "{c:?}"
        );
        // For all but one of those there is a disc around 0.
        assert_eq!(certificate.around_zero() > 0.0, c != [-1.2, 0.0], "{c:?}");
        let around_zero = Disc {
            centre: [0.0; 2],
            squared: certificate.around_zero(),
        };
        for disc in discs
            .iter()
            .chain([&around_zero].into_iter().filter(|disc| disc.squared > 0.0))
        {
            // Points at the edge of the disc stay for ever, as far as one can wait.
            for k in 0..200 {
                let angle = 0.0314159 * f64::from(k);
                let radius = disc.squared.sqrt() * (1.0 - 1e-15);
                assert!(radius > 1e-3, "{c:?}");
                let z = [
                    disc.centre[0] + radius * angle.cos(),
                    disc.centre[1] + radius * angle.sin(),
                ];
                assert_eq!(escape(z, c, 3000), 3000, "{c:?}, {z:?}");
            }
        }
    }
    for c in [
        // The orbit of 0 escapes; it comes to a point that repels; at a point of two petals; at the edge of all.
        [0.5, 0.5],
        [0.0, 1.0],
        [0.25, 0.0],
        [-0.75, 0.0],
        [-2.0, 0.0],
        [-1.401_155_189, 0.0],
    ] {
        assert!(Certificate::find(c, 4096).is_none(), "{c:?}");
    }
    assert!(Certificate::find(BOOK, 50).is_none());
}
