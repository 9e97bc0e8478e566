// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Holds the functions of the tables that do the same in another way to each other, bit by bit, padding
//! and what is outside the range included; and to the edges of what toll.h allows.

use std::ptr::without_provenance_mut;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::abi::{DiffusionRun, Julia, JuliaSplit, Ols, Status, Table, Transpose};

/// A signalling NaN with a payload, for memory that is not to be read, or to be copied as it is.
const NAN: f64 = f64::from_bits(0x7ff0_0000_dead_beef);

const SHAPES: &[(usize, usize)] = if cfg!(miri) {
    &[(1, 1), (1, 7), (2, 5), (3, 3), (9, 4)]
} else {
    &[
        (1, 1),
        (1, 7),
        (2, 5),
        (3, 3),
        (3, 5),
        (16, 32),
        (17, 33),
        (40, 3),
        (300, 18),
    ]
};

/// Shapes that take Miri minutes.
fn unless_miri(shapes: &'static [(usize, usize)]) -> &'static [(usize, usize)] {
    if cfg!(miri) { &[] } else { shapes }
}

fn tables() -> [&'static Table; 2] {
    // SAFETY: the tables are constant.
    unsafe { [&*crate::toll_rust_table(), &*crate::toll_rust_par_table()] }
}

/// A slot that the table must have.
fn offered<F>(slot: Option<F>) -> F {
    slot.expect("it is offered")
}

/// Threads and schedules. In Miri, which refuses what rayon's queues do, one thread.
fn teams() -> impl Iterator<Item = (i32, i32)> {
    let threads: &[i32] = if cfg!(miri) { &[1] } else { &[1, 2, 3, 8] };
    threads
        .iter()
        .flat_map(|&threads| (0..3).map(move |schedule| (threads, schedule)))
}

fn ranges(count: usize) -> [(usize, usize); 4] {
    [(0, count), (0, 0), (count / 3, count), (count / 4, count / 2 + 1)]
}

/// Numbers that round when one adds them.
fn number(k: usize) -> f64 {
    let mixed = (k as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 11) as f64 / (1u64 << 53) as f64 - 0.3
}

/// Lines of numbers, with padding after each but the last.
fn matrix(outer: usize, inner: usize, ld: usize) -> Vec<f64> {
    (0..(outer - 1) * ld + inner)
        .map(|at| if at % ld < inner { number(at) } else { NAN })
        .collect()
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn diffusion_interchanged() {
    type Slots = fn(&Table) -> (DiffusionRun, DiffusionRun);
    let layouts: [(bool, Slots); 2] = [
        (false, |t| {
            (
                offered(t.diffusion_run_row),
                offered(t.diffusion_run_row_interchanged),
            )
        }),
        (true, |t| {
            (
                offered(t.diffusion_run_col),
                offered(t.diffusion_run_col_interchanged),
            )
        }),
    ];
    for &(rows, cols) in SHAPES {
        for (col, slots) in layouts {
            let (outer, inner) = if col { (cols, rows) } else { (rows, cols) };
            for (ld, steps) in [(inner, 0), (inner, 1), (inner + 3, 2), (inner + 1, 5)] {
                let run = |function: DiffusionRun, (threads, schedule)| {
                    let mut a = matrix(outer, inner, ld);
                    let mut b: Vec<f64> = a.iter().map(|value| value * 0.5).collect();
                    // SAFETY: the matrices have the shape that is passed.
                    let status = unsafe {
                        function(
                            a.as_mut_ptr(),
                            b.as_mut_ptr(),
                            rows as i64,
                            cols as i64,
                            ld as i64,
                            steps,
                            0.7,
                            0.11,
                            threads,
                            schedule,
                        )
                    };
                    assert_eq!(status, Status::Ok);
                    (bits(&a), bits(&b))
                };
                let want = run(slots(tables()[0]).0, (1, 0));
                let padding = |at: usize| at % ld >= inner;
                let before = bits(&matrix(outer, inner, ld));
                assert!((0..before.len()).all(|at| !padding(at) || want.0[at] == before[at]));
                for table in tables() {
                    for team in teams() {
                        let got = run(slots(table).1, team);
                        assert!(
                            got == want,
                            "{rows} x {cols}, col {col}, ld {ld}, steps {steps}, {team:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn ols_interchanged() {
    type Slots = fn(&Table) -> (Ols, Ols);
    let layouts: [(bool, Slots); 2] = [
        (false, |t| (offered(t.ols_row), offered(t.ols_row_interchanged))),
        (true, |t| (offered(t.ols_col), offered(t.ols_col_interchanged))),
    ];
    for &(rows, n) in SHAPES.iter().chain(unless_miri(&[(1, 2), (600, 2)])) {
        if n < 2 {
            continue;
        }
        for (col, slots) in layouts {
            let (outer, inner) = if col { (n, rows) } else { (rows, n) };
            for ld in [inner, inner + 5] {
                let y = matrix(outer, inner, ld);
                for (lo, hi) in ranges(rows) {
                    let fit = |function: Ols, (threads, schedule)| {
                        let (mut slope, mut intercept) = (vec![NAN; rows], vec![NAN; rows]);
                        // SAFETY: the matrix and the arrays have the shape that is passed.
                        let status = unsafe {
                            function(
                                slope.as_mut_ptr(),
                                intercept.as_mut_ptr(),
                                y.as_ptr(),
                                rows as i64,
                                n as i64,
                                ld as i64,
                                lo as i64,
                                hi as i64,
                                threads,
                                schedule,
                            )
                        };
                        assert_eq!(status, Status::Ok);
                        (bits(&slope), bits(&intercept))
                    };
                    let want = fit(slots(tables()[0]).0, (1, 0));
                    for table in tables() {
                        for team in teams() {
                            let got = fit(slots(table).1, team);
                            assert!(
                                got == want,
                                "{rows} x {n}, col {col}, ld {ld}, [{lo}, {hi}), {team:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn julia_split() {
    for n in [1, 2, 63, 200] {
        let zs: Vec<f64> = (0..2 * n).map(|k| 3.0 * number(k)).collect();
        let cs: Vec<f64> = (0..2 * n).map(|k| number(k + 1000)).collect();
        let part = |points: &[f64], k: usize| points.iter().skip(k).step_by(2).copied().collect();
        let parts: [Vec<f64>; 4] = [part(&zs, 0), part(&zs, 1), part(&cs, 0), part(&cs, 1)];
        for (lo, hi) in ranges(n) {
            for maxiter in [0, 1, 50] {
                let mut want = vec![-1; n];
                let julia: Julia = offered(tables()[0].julia);
                let (length, lo, hi) = (n as i64, lo as i64, hi as i64);
                let p = want.as_mut_ptr();
                // SAFETY: the arrays have the length that is passed.
                let status = unsafe { julia(p, zs.as_ptr(), cs.as_ptr(), length, lo, hi, maxiter, 1, 0) };
                assert_eq!(status, Status::Ok);
                for table in tables() {
                    for (threads, schedule) in teams() {
                        let mut got = vec![-1; n];
                        let split: JuliaSplit = offered(table.julia_split);
                        let p = got.as_mut_ptr();
                        let [zr, zi, cr, ci] = parts.each_ref().map(|part| part.as_ptr());
                        // SAFETY: as above.
                        let status =
                            unsafe { split(p, zr, zi, cr, ci, length, lo, hi, maxiter, threads, schedule) };
                        assert_eq!(status, Status::Ok);
                        assert_eq!(got, want, "{n} points, [{lo}, {hi}), {threads}, {schedule}");
                    }
                }
            }
        }
    }
}

#[test]
fn julia_split_checks() {
    const LIMIT: i64 = i64::MAX / 8;
    let x = [0.5; 4];
    // Of f64, so that it is aligned as an input, too.
    let mut out = [0.0; 2];
    let over = out.as_mut_ptr();
    let (p, over) = (over.cast::<i32>(), over.cast_const());
    let q = x.as_ptr();
    let null = std::ptr::null();
    let odd = q.wrapping_byte_add(4);
    for table in tables() {
        let call = |inputs: [*const f64; 4], n, lo, hi, maxiter, threads, schedule| {
            let [zr, zi, cr, ci] = inputs;
            // SAFETY: what is passed is either good or refused.
            unsafe { offered(table.julia_split)(p, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule) }
        };
        for n in [0, -1, LIMIT + 1, i64::MAX] {
            assert_eq!(call([null; 4], n, 0, 0, -1, 0, 0), Status::Shape);
        }
        for (lo, hi) in [(-1, 1), (2, 1), (0, 5)] {
            assert_eq!(call([null; 4], 4, lo, hi, -1, 0, 0), Status::Shape);
        }
        for k in 0..4 {
            let bad = |bad| {
                let mut inputs = [q; 4];
                inputs[k] = bad;
                inputs
            };
            assert_eq!(call(bad(null), 4, 0, 4, -1, 0, 0), Status::Short);
            assert_eq!(call(bad(odd), 4, 0, 4, -1, 0, 0), Status::Align);
            assert_eq!(call(bad(over), 2, 0, 2, -1, 0, 0), Status::Overlap);
        }
        assert_eq!(call([null, odd, q, q], LIMIT, 0, 4, 1, 1, 0), Status::Short);
        assert_eq!(call([q; 4], 4, 0, 4, -1, 1, 0), Status::Arg);
        assert_eq!(call([q; 4], 4, 0, 4, 1, 0, 0), Status::Arg);
        assert_eq!(call([q; 4], 4, 0, 4, 1, 1025, 0), Status::Arg);
        assert_eq!(call([q; 4], 4, 0, 4, 1, 1, 3), Status::Arg);
        assert_eq!(call([q; 4], 4, 0, 4, 1, 1, 2), Status::Ok);
    }
}

fn transposes(table: &Table) -> [Transpose; 2] {
    [offered(table.transpose), offered(table.transpose_naive)]
}

#[test]
fn transpose() {
    for &(rows, cols) in SHAPES
        .iter()
        .chain(unless_miri(&[(15, 47), (16, 48), (5, 3), (1, 33)]))
    {
        for (ld_in, ld_out) in [(cols, rows), (cols + 3, rows + 2)] {
            let mut input = matrix(rows, cols, ld_in);
            input[cols / 2] = -NAN;
            let mut want = vec![-1.5; (cols - 1) * ld_out + rows];
            for i in 0..rows {
                for j in 0..cols {
                    want[i + j * ld_out] = input[i * ld_in + j];
                }
            }
            for table in tables() {
                for function in transposes(table) {
                    for (threads, schedule) in teams() {
                        let mut got = vec![-1.5; want.len()];
                        // SAFETY: the matrices have the shapes that are passed.
                        let status = unsafe {
                            function(
                                got.as_mut_ptr(),
                                input.as_ptr(),
                                rows as i64,
                                cols as i64,
                                ld_out as i64,
                                ld_in as i64,
                                threads,
                                schedule,
                            )
                        };
                        assert_eq!(status, Status::Ok);
                        assert!(
                            bits(&got) == bits(&want),
                            "{rows} x {cols}, ld {ld_in} to {ld_out}, {threads}, {schedule}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn transpose_checks() {
    const LIMIT: i64 = i64::MAX / 8;
    let x = [0.5; 12];
    let mut out = [0.0; 12];
    let p = out.as_mut_ptr();
    let q = x.as_ptr();
    let (none, null) = (std::ptr::null_mut(), std::ptr::null());
    for function in tables().into_iter().flat_map(transposes) {
        let call = |out, input, rows, cols, ld_out, ld_in, threads, schedule| {
            // SAFETY: what is passed is either good or refused.
            unsafe { function(out, input, rows, cols, ld_out, ld_in, threads, schedule) }
        };
        for (rows, cols, ld_out, ld_in) in [
            (0, 4, 3, 4),
            (3, 0, 3, 4),
            (3, 4, 3, 3),
            (3, 4, 2, 4),
            (2, 1, 2, LIMIT),
            (1, 2, LIMIT, 2),
        ] {
            let status = call(none, null, rows, cols, ld_out, ld_in, 0, 0);
            assert_eq!(status, Status::Shape, "{rows} x {cols}, ld {ld_in} to {ld_out}");
        }
        let odd = q.wrapping_byte_add(4);
        assert_eq!(call(none, odd, 3, 4, 3, 4, 0, 0), Status::Short);
        assert_eq!(
            call(p.wrapping_byte_add(4), null, 3, 4, 3, 4, 0, 0),
            Status::Short
        );
        assert_eq!(call(p, odd, 3, 4, 3, 4, 0, 0), Status::Align);
        assert_eq!(call(p, p.wrapping_add(11), 3, 4, 3, 4, 0, 0), Status::Overlap);
        assert_eq!(call(p, p, 3, 4, 3, 4, 0, 0), Status::Overlap);
        assert_eq!(call(p, q, 3, 4, 3, 4, 0, 0), Status::Arg);
        assert_eq!(call(p, q, 3, 4, 3, 4, 1025, 0), Status::Arg);
        assert_eq!(call(p, q, 3, 4, 3, 4, 1, -1), Status::Arg);
        assert_eq!(call(p, p.wrapping_add(2), 1, 2, 1, 2, 1, 0), Status::Ok);
    }
}

/// Fails if `work` is not done in a minute, which is to say that it hangs.
fn at_once(work: fn()) {
    let (done, wait) = channel::<()>();
    let worker = thread::spawn(move || {
        let _done = done;
        work();
    });
    assert_eq!(
        wait.recv_timeout(Duration::from_secs(60)),
        Err(RecvTimeoutError::Disconnected)
    );
    worker.join().expect("the work holds");
}

/// Where no memory is, apart from each other by 2^60 bytes; the last lies 2^63 bytes from the first.
fn nowhere<E>() -> [*mut E; 9] {
    std::array::from_fn(|k| without_provenance_mut(4096 + (k << 60)))
}

#[test]
fn steps_without_work() {
    const MANY: i64 = 1 << 32;
    at_once(|| {
        let [p, q, ..] = nowhere();
        for table in tables() {
            for (threads, schedule) in teams() {
                // SAFETY: no row in the range is interior, or there is no interior, so that nothing is reached.
                let row = |rows, cols, ld, lo, hi| unsafe {
                    offered(table.diffusion_step_row)(
                        p, q, rows, cols, ld, lo, hi, 1.0, 0.1, threads, schedule,
                    )
                };
                // SAFETY: as above.
                let col = |rows, cols, ld, lo, hi| unsafe {
                    offered(table.diffusion_step_col)(
                        p, q, rows, cols, ld, lo, hi, 1.0, 0.1, threads, schedule,
                    )
                };
                for (lo, hi) in [(0, 0), (0, 1), (2, 2), (3, 4), (4, 4)] {
                    assert_eq!(row(4, MANY, MANY, lo, hi), Status::Ok);
                    assert_eq!(col(4, MANY, 4, lo, hi), Status::Ok);
                }
                assert_eq!(row(MANY, 2, 2, 0, MANY), Status::Ok);
                assert_eq!(col(MANY, 2, MANY, 0, MANY), Status::Ok);
                assert_eq!(row(1, 9, i64::MAX, 0, 1), Status::Ok);
                assert_eq!(col(9, 1, i64::MAX, 0, 9), Status::Ok);
            }
        }
    });
}

#[test]
fn runs_without_work() {
    const MANY: i64 = 1 << 32;
    const STEPS: i64 = 1 << 62;
    at_once(|| {
        let [p, q, ..] = nowhere();
        for table in tables() {
            let row = [
                offered(table.diffusion_run_row),
                offered(table.diffusion_run_row_interchanged),
            ];
            let col = [
                offered(table.diffusion_run_col),
                offered(table.diffusion_run_col_interchanged),
            ];
            for (threads, schedule) in teams() {
                let call = |function: DiffusionRun, rows, cols, ld, steps| {
                    // SAFETY: there is no interior, or no step, so that nothing is reached.
                    unsafe { function(p, q, rows, cols, ld, steps, 1.0, 0.1, threads, schedule) }
                };
                for function in row {
                    assert_eq!(call(function, 2, 2, 2, STEPS), Status::Ok);
                    assert_eq!(call(function, 2, MANY, MANY, STEPS), Status::Ok);
                    assert_eq!(call(function, MANY, 2, 2, STEPS), Status::Ok);
                    assert_eq!(call(function, 4, MANY, MANY, 0), Status::Ok);
                    assert_eq!(call(function, 1, 9, i64::MAX, STEPS), Status::Ok);
                }
                for function in col {
                    assert_eq!(call(function, 2, 2, 2, STEPS), Status::Ok);
                    assert_eq!(call(function, 2, MANY, 2, STEPS), Status::Ok);
                    assert_eq!(call(function, MANY, 2, MANY, STEPS), Status::Ok);
                    assert_eq!(call(function, 4, MANY, 4, 0), Status::Ok);
                    assert_eq!(call(function, 9, 1, i64::MAX, STEPS), Status::Ok);
                }
            }
        }
    });
}

#[test]
fn julia_of_no_point() {
    const LIMIT: i64 = i64::MAX / 16;
    const SPLIT_LIMIT: i64 = i64::MAX / 8;
    at_once(|| {
        let [q, ..]: [*mut f64; 9] = nowhere();
        let [.., p]: [*mut i32; 9] = nowhere();
        for table in tables() {
            for (threads, schedule) in teams() {
                // SAFETY: the range is empty, so that nothing is reached.
                let julia =
                    |n, at| unsafe { offered(table.julia)(p, q, q, n, at, at, 300, threads, schedule) };
                // SAFETY: as above.
                let split = |n, at| unsafe {
                    offered(table.julia_split)(p, q, q, q, q, n, at, at, 300, threads, schedule)
                };
                for at in [0, 1, LIMIT] {
                    assert_eq!(julia(LIMIT, at), Status::Ok);
                }
                for at in [0, 1, SPLIT_LIMIT] {
                    assert_eq!(split(SPLIT_LIMIT, at), Status::Ok);
                }
                assert_eq!(julia(LIMIT + 1, 0), Status::Shape);
                assert_eq!(split(SPLIT_LIMIT + 1, 0), Status::Shape);
            }
        }
    });
}

#[test]
fn ols_of_no_row() {
    at_once(|| {
        let [p, q, y, ..] = nowhere();
        for table in tables() {
            let row = [offered(table.ols_row), offered(table.ols_row_interchanged)];
            let col = [offered(table.ols_col), offered(table.ols_col_interchanged)];
            for (threads, schedule) in teams() {
                let call = |function: Ols, n, ld, at| {
                    // SAFETY: the range is empty, so that nothing is reached.
                    unsafe { function(p, q, y, 4, n, ld, at, at, threads, schedule) }
                };
                for n in [2, 1 << 32, 1 << 56] {
                    for at in [0, 3, 4] {
                        for function in row {
                            assert_eq!(call(function, n, n, at), Status::Ok);
                        }
                        for function in col {
                            assert_eq!(call(function, n, 4, at), Status::Ok);
                        }
                    }
                }
            }
        }
    });
}

/// Of a single line the leading dimension says nothing.
#[test]
fn one_line_of_any_leading_dimension() {
    const LIMIT: i64 = i64::MAX / 8;
    let y = matrix(1, 9, 9);
    for table in tables() {
        for (threads, schedule) in teams() {
            for function in [offered(table.ols_row), offered(table.ols_row_interchanged)] {
                let fit = |ld| {
                    let (mut slope, mut intercept) = ([NAN], [NAN]);
                    let (p, q) = (slope.as_mut_ptr(), intercept.as_mut_ptr());
                    // SAFETY: the matrix has one row of 9.
                    let status = unsafe { function(p, q, y.as_ptr(), 1, 9, ld, 0, 1, threads, schedule) };
                    assert_eq!(status, Status::Ok, "ld {ld}");
                    (bits(&slope), bits(&intercept))
                };
                for ld in [LIMIT - 9, LIMIT, i64::MAX] {
                    assert_eq!(fit(ld), fit(9), "ld {ld}");
                }
                // SAFETY: it is refused.
                let two = |ld| unsafe {
                    let (none, null) = (std::ptr::null_mut(), std::ptr::null());
                    function(none, none, null, 2, 9, ld, 0, 1, threads, schedule)
                };
                assert_eq!(two(LIMIT - 9), Status::Short);
                assert_eq!(two(LIMIT - 8), Status::Shape);
                assert_eq!(two(i64::MAX), Status::Shape);
            }
            for function in transposes(table) {
                let copy = |rows, cols, ld_out, ld_in| {
                    let mut out = vec![0.0; 9];
                    let p = out.as_mut_ptr();
                    // SAFETY: both are one line of 9, or 9 of one that lie side by side.
                    let status =
                        unsafe { function(p, y.as_ptr(), rows, cols, ld_out, ld_in, threads, schedule) };
                    assert_eq!(status, Status::Ok);
                    bits(&out)
                };
                assert_eq!(copy(1, 9, 1, i64::MAX), bits(&y));
                assert_eq!(copy(9, 1, i64::MAX, 1), bits(&y));
            }
        }
    }
}

#[test]
fn team() {
    let [serial, parallel] = tables();
    for threads in [i32::MIN, -1, 0, 1025, i32::MAX] {
        assert_eq!((serial.team)(threads), 0);
        assert_eq!((parallel.team)(threads), 0);
    }
    for threads in [1, 2, 3, 8] {
        assert_eq!((serial.team)(threads), 1);
        assert_eq!((parallel.team)(threads), threads);
    }
    assert_eq!((serial.team)(1024), 1);
}
