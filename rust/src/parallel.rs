// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The executor: how a kernel's items are dealt out, serially or to a pool of threads.

use std::sync::{Arc, Mutex, PoisonError};

use crate::abi::Schedule;
use crate::check;
use crate::guard::guard;
use crate::pool::{Pool, pool};

/// Items (lines, points, rows) to be worked on independently, with the outputs they own.
pub trait Work: Send + Sized {
    fn len(&self) -> usize;
    fn split_at(self, mid: usize) -> (Self, Self);
    /// Works on all items, in order, on this thread.
    fn run(self);
}

/// Who runs the work.
pub trait Team: Sync + Sized {
    /// How many of `threads` a job would have now.
    fn size(threads: usize) -> usize;

    /// Gathers the team for one job.
    fn gather(threads: usize, schedule: Schedule, job: impl FnOnce(&Self) + Send);

    /// Runs all of the work; `grain` is the least number of items worth a piece of their own.
    fn run(&self, work: impl Work, grain: usize);
}

/// The table's function.
pub extern "C" fn team<T: Team>(threads: i32) -> i32 {
    let mut size = 0;
    guard(|| {
        let (threads, _) = check::team(threads, Schedule::Static as i32)?;
        size = T::size(threads) as i32;
        Ok(())
    });
    size
}

pub struct Serial;

impl Team for Serial {
    fn size(_: usize) -> usize {
        1
    }

    #[inline(always)]
    fn gather(_: usize, _: Schedule, job: impl FnOnce(&Self) + Send) {
        job(&Serial);
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

impl Rayon {
    /// None if the current thread is to work alone.
    fn pool(threads: usize) -> Option<Arc<Pool>> {
        (threads > 1).then(|| pool(threads)).flatten()
    }
}

impl Team for Rayon {
    fn size(threads: usize) -> usize {
        Rayon::pool(threads).map_or(1, |_| threads)
    }

    /// If there are no threads to be had, the current one works alone.
    fn gather(threads: usize, schedule: Schedule, job: impl FnOnce(&Self) + Send) {
        let Some(pool) = Rayon::pool(threads) else {
            return job(&Rayon { threads: 1, schedule });
        };
        let mut job = Some(job);
        pool.run(&mut || {
            if let Some(job) = job.take() {
                job(&Rayon { threads, schedule });
            }
        });
    }

    fn run(&self, work: impl Work, grain: usize) {
        if self.threads == 1 {
            return work.run();
        }
        let pieces = Mutex::new(Pieces {
            rest: Some(work),
            schedule: self.schedule,
            grain,
            threads: self.threads,
            shares: self.threads,
        });
        let take = || pieces.lock().unwrap_or_else(PoisonError::into_inner).take();
        let worker = || {
            while let Some(piece) = take() {
                piece.run();
            }
        };
        Workers {
            count: self.threads,
            worker: &worker,
        }
        .run();
    }
}

/// Work, of which the threads take pieces.
struct Pieces<W> {
    rest: Option<W>,
    schedule: Schedule,
    grain: usize,
    threads: usize,
    /// How many equal shares are left of a static schedule.
    shares: usize,
}

impl<W: Work> Pieces<W> {
    fn take(&mut self) -> Option<W> {
        let rest = self.rest.take()?;
        let len = rest.len();
        let count = match self.schedule {
            Schedule::Static => {
                self.shares -= 1;
                len.div_ceil(self.shares + 1)
            }
            Schedule::Dynamic => self.grain,
            Schedule::Guided => self.grain.max(len / (2 * self.threads)),
        };
        if count >= len {
            return Some(rest);
        }
        let (piece, rest) = rest.split_at(count);
        self.rest = Some(rest);
        Some(piece)
    }
}

/// Runs `worker` on so many threads of the current pool, or fewer times if it is done before they come. Nothing
/// here depends on the kind of work, for the reason that [`pool::Pool::run`] gives.
///
/// [`pool::Pool::run`]: crate::pool::Pool::run
struct Workers<'a> {
    count: usize,
    worker: &'a (dyn Fn() + Sync),
}

impl Workers<'_> {
    fn run(&self) {
        if self.count == 1 {
            return (self.worker)();
        }
        let half = self.count / 2;
        let first = Workers { count: half, ..*self };
        let second = Workers {
            count: self.count - half,
            ..*self
        };
        rayon::join(|| first.run(), || second.run());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::Status;

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
                let status = guard(|| {
                    Rayon::gather(threads, schedule, |team| team.run(Panics(10), 1));
                    Ok(())
                });
                assert_eq!(status, Status::Panic);
            }
        }
    }
}
