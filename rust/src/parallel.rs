// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The executor: how a kernel's items are dealt out, serially or to a pool of threads.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::abi::{Schedule, Status};

/// Items (lines, points, rows) to be worked on independently, with the outputs they own.
pub trait Work: Send + Sized {
    fn len(&self) -> usize;
    fn split_at(self, mid: usize) -> (Self, Self);
    /// Works on all items, in order, on this thread.
    fn run(self);
}

/// Who runs the work.
pub trait Team: Sync + Sized {
    /// Gathers the team for one job.
    fn gather(threads: usize, schedule: Schedule, job: impl FnOnce(&Self) + Send) -> Result<(), Status>;

    /// Runs all of the work; `grain` is the least number of items worth a piece of their own.
    fn run(&self, work: impl Work, grain: usize);
}

pub struct Serial;

impl Team for Serial {
    #[inline(always)]
    fn gather(_: usize, _: Schedule, job: impl FnOnce(&Self) + Send) -> Result<(), Status> {
        job(&Serial);
        Ok(())
    }

    #[inline(always)]
    fn run(&self, work: impl Work, _: usize) {
        work.run();
    }
}

pub struct Rayon {
    threads: usize,
    schedule: Schedule,
}

impl Team for Rayon {
    fn gather(threads: usize, schedule: Schedule, job: impl FnOnce(&Self) + Send) -> Result<(), Status> {
        let team = Rayon { threads, schedule };
        if threads == 1 {
            job(&team);
        } else {
            pool(threads)?.install(|| job(&team));
        }
        Ok(())
    }

    fn run(&self, work: impl Work, grain: usize) {
        if self.threads == 1 {
            return work.run();
        }
        match self.schedule {
            Schedule::Static => divide(work, self.threads),
            Schedule::Dynamic => {
                let pieces = work.len().div_ceil(grain);
                divide(work, pieces);
            }
            Schedule::Guided => {
                use rayon::iter::ParallelIterator;
                let halve = |work| halve(work, grain);
                rayon::iter::split(work, halve).for_each(Work::run);
            }
        }
    }
}

/// Runs the work in so many equal, contiguous pieces; idle threads take them.
fn divide(work: impl Work, pieces: usize) {
    if pieces <= 1 {
        return work.run();
    }
    let left = pieces / 2;
    // In u128, as len * left may not fit.
    let mid = (work.len() as u128 * left as u128 / pieces as u128) as usize;
    let (first, second) = work.split_at(mid);
    rayon::join(|| divide(first, left), || divide(second, pieces - left));
}

fn halve<W: Work>(work: W, grain: usize) -> (W, Option<W>) {
    let mid = work.len() / 2;
    if mid < grain {
        return (work, None);
    }
    let (first, second) = work.split_at(mid);
    (first, Some(second))
}

/// The pool of so many threads. It is made at its first use and kept: to start threads costs more than most
/// calls.
fn pool(threads: usize) -> Result<&'static ThreadPool, Status> {
    static POOLS: Mutex<BTreeMap<usize, &'static ThreadPool>> = Mutex::new(BTreeMap::new());
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = pools.get(&threads) {
        return Ok(pool);
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|k| format!("toll-{k}"))
        .build()
        .map_err(|_| Status::Panic)?;
    Ok(pools.entry(threads).or_insert(Box::leak(Box::new(pool))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard;

    struct Panics(usize);

    impl Work for Panics {
        fn len(&self) -> usize {
            self.0
        }
        fn split_at(self, mid: usize) -> (Self, Self) {
            (Panics(mid), Panics(self.0 - mid))
        }
        fn run(self) {
            panic!("on purpose");
        }
    }

    #[test]
    fn panic_on_a_thread_becomes_status() {
        for threads in [1, 2, 3] {
            for schedule in [Schedule::Static, Schedule::Dynamic, Schedule::Guided] {
                let status =
                    guard::guard(|| Rayon::gather(threads, schedule, |team| team.run(Panics(10), 1)));
                assert_eq!(status, Status::Panic);
            }
        }
    }
}
