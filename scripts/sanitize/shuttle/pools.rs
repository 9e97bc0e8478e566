// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Models of rust/src/pool.rs, which is compiled in here as it is: callers at once, in orders that Shuttle chooses. It
//! runs one thread at a time, changes over at each lock, atomic and wait, and finds a deadlock. In the place of the
//! standard library's threads and locks are Shuttle's; in that of rayon, which has those of the standard library, is the
//! least that has its promises; and there are only so many threads to be had.

// What pool.rs takes from these crates it finds here.
extern crate self as libc;
extern crate self as rayon;

#[path = "../../../rust/src/pool.rs"]
#[allow(dead_code, unused_imports, reason = "the models need a part")]
mod pool;

mod environment {
    pub fn reset() {}
}

mod sync {
    use std::io;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use shuttle::sync::atomic::AtomicBool;
    pub use shuttle::sync::atomic::Ordering;
    pub use shuttle::sync::{Arc, Mutex};
    pub use shuttle::thread::JoinHandle;
    pub use std::sync::PoisonError;

    /// Shuttle's own belongs to one run of a model, and cannot be static. Its threads change over at a load.
    pub struct AtomicPtr<T>(std::sync::atomic::AtomicPtr<T>);

    impl<T> AtomicPtr<T> {
        pub const fn new(p: *mut T) -> Self {
            AtomicPtr(std::sync::atomic::AtomicPtr::new(p))
        }

        fn reached(&self) -> &std::sync::atomic::AtomicPtr<T> {
            AtomicBool::new(false).load(Ordering::SeqCst);
            &self.0
        }

        pub fn load(&self, order: Ordering) -> *mut T {
            self.reached().load(order)
        }

        /// Not a place to change over: only a forked child stores, and has no other thread.
        pub fn store(&self, p: *mut T, order: Ordering) {
            self.0.store(p, order);
        }

        pub fn compare_exchange(
            &self,
            old: *mut T,
            new: *mut T,
            success: Ordering,
            failure: Ordering,
        ) -> Result<*mut T, *mut T> {
            self.reached().compare_exchange(old, new, success, failure)
        }
    }

    /// How many threads can be made yet. No thread is scheduled by it.
    pub static ROOM: AtomicUsize = AtomicUsize::new(0);

    pub struct Builder(shuttle::thread::Builder);

    impl Builder {
        pub fn new() -> Self {
            Builder(shuttle::thread::Builder::new())
        }

        pub fn name(self, name: String) -> Self {
            Builder(self.0.name(name))
        }

        pub fn spawn(self, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
            ROOM.fetch_update(Relaxed, Relaxed, |room| room.checked_sub(1))
                .map_err(|_| io::Error::from(io::ErrorKind::WouldBlock))?;
            self.0.spawn(|| {
                work();
                ROOM.fetch_add(1, Relaxed);
            })
        }
    }
}

use shuttle::sync::{Arc, Condvar, Mutex};

/// What rayon's pool promises: a job is run once, while one of the pool's threads is at it; threads end when the pool is
/// dropped, or could not be made as a whole.
pub struct ThreadPool(Arc<Jobs>);

#[derive(Default)]
struct Jobs {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    asked: usize,
    begun: usize,
    ended: bool,
}

impl ThreadPool {
    pub fn install<R>(&self, job: impl FnOnce() -> R) -> R {
        let mut state = self.0.state.lock().unwrap();
        let ticket = state.asked;
        state.asked += 1;
        self.0.changed.notify_all();
        while state.begun <= ticket {
            state = self.0.changed.wait(state).unwrap();
        }
        drop(state);
        job()
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Jobs {
    fn end(&self) {
        self.state.lock().unwrap().ended = true;
        self.changed.notify_all();
    }
}

/// A thread to be started.
pub struct ThreadBuilder {
    index: usize,
    jobs: Arc<Jobs>,
}

impl ThreadBuilder {
    pub fn index(&self) -> usize {
        self.index
    }

    pub fn run(self) {
        let mut state = self.jobs.state.lock().unwrap();
        loop {
            if state.begun < state.asked {
                state.begun += 1;
                self.jobs.changed.notify_all();
            } else if state.ended {
                return;
            } else {
                state = self.jobs.changed.wait(state).unwrap();
            }
        }
    }
}

pub struct ThreadPoolBuilder<S = ()> {
    threads: usize,
    spawn: S,
}

impl ThreadPoolBuilder {
    #[allow(clippy::new_without_default, reason = "as rayon has it")]
    pub fn new() -> Self {
        ThreadPoolBuilder {
            threads: 1,
            spawn: (),
        }
    }

    pub fn num_threads(self, threads: usize) -> Self {
        ThreadPoolBuilder { threads, ..self }
    }

    pub fn spawn_handler<S: FnMut(ThreadBuilder) -> std::io::Result<()>>(
        self,
        spawn: S,
    ) -> ThreadPoolBuilder<S> {
        ThreadPoolBuilder {
            threads: self.threads,
            spawn,
        }
    }
}

impl<S: FnMut(ThreadBuilder) -> std::io::Result<()>> ThreadPoolBuilder<S> {
    pub fn build(mut self) -> std::io::Result<ThreadPool> {
        let pool = ThreadPool(Arc::default());
        for index in 0..self.threads {
            let jobs = pool.0.clone();
            (self.spawn)(ThreadBuilder { index, jobs })?;
        }
        Ok(pool)
    }
}

/// What is to be done in a forked child: to begin anew, without the pools that there are, as each run of a model does.
static FORGET: std::sync::Mutex<Option<unsafe extern "C" fn()>> = std::sync::Mutex::new(None);

/// # Safety
///
/// It only stores the last function.
pub unsafe fn pthread_atfork(
    _: Option<unsafe extern "C" fn()>,
    _: Option<unsafe extern "C" fn()>,
    child: Option<unsafe extern "C" fn()>,
) -> i32 {
    *FORGET.lock().unwrap() = child;
    0
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use crate::FORGET;
    use crate::pool::pool;
    use crate::sync::ROOM;
    use shuttle::sync::{Arc, Mutex};
    use shuttle::thread;

    const COUNT: usize = 2_000;

    /// More than pools are kept of: asking for so many ends all others.
    const TOO_MANY: usize = 257;

    /// Has a caller for each size ask for a pool of it, `times` times, and run a job; returns how many jobs ran.
    fn callers(sizes: &'static [usize], times: usize) -> usize {
        let ran = std::sync::Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = sizes
            .iter()
            .map(|&size| {
                let ran = ran.clone();
                thread::spawn(move || {
                    for _ in 0..times {
                        if let Some(pool) = pool(size) {
                            pool.run(&mut || {
                                ran.fetch_add(1, Relaxed);
                            });
                        }
                    }
                })
            })
            .collect();
        for caller in callers {
            caller.join().unwrap();
        }
        ran.load(Relaxed)
    }

    /// Begins a run: no pools, and so many threads to be had.
    fn begin(room: usize) {
        let forget = *FORGET.lock().unwrap();
        if let Some(forget) = forget {
            // SAFETY: it forgets the pools of the run before, which has ended.
            unsafe { forget() };
        }
        ROOM.store(room, Relaxed);
    }

    /// Ends all pools, and wants all threads back: none is lost, and none hangs, which Shuttle would find.
    fn end(room: usize) {
        let left = ROOM.swap(0, Relaxed);
        assert!(pool(TOO_MANY).is_none());
        assert_eq!(left + ROOM.load(Relaxed), room);
    }

    /// What the models have in common, and the pools, is for one model at a time.
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());

    /// Runs the model in so many orders: one after the other as in a search of all, random ones, and by random priorities.
    fn in_orders(model: fn(), count: usize) {
        let _one = ONE.lock();
        shuttle::check_dfs(model, Some(count));
        shuttle::check_random(model, count);
        shuttle::check_pct(model, count, 3);
    }

    #[test]
    fn callers_of_one_pool() {
        let model = || {
            begin(9);
            assert_eq!(callers(&[2, 2], 2), 4);
            assert_eq!(ROOM.load(Relaxed), 7);
            end(9);
        };
        in_orders(model, COUNT);
    }

    #[test]
    fn callers_of_several_pools() {
        let model = || {
            begin(9);
            assert_eq!(callers(&[2, 3, 2], 1), 3);
            assert_eq!(ROOM.load(Relaxed), 4);
            end(9);
        };
        in_orders(model, COUNT);
    }

    /// Where not all pools can be, a caller works alone, or in a pool for which another ended.
    #[test]
    fn too_few_threads() {
        let model = || {
            begin(4);
            let ran = callers(&[2, 3], 2);
            assert!((1..=4).contains(&ran), "{ran} jobs ran");
            assert_eq!(callers(&[4], 1), 1, "pools that nobody uses give way");
            end(4);
        };
        in_orders(model, COUNT);
    }

    /// Pools that are too large to be kept together: the last stays, and others end with the calls that use them.
    #[test]
    fn pools_give_way() {
        let model = || {
            begin(400);
            assert_eq!(callers(&[150, 120], 2), 4);
            assert!(ROOM.load(Relaxed) >= 400 - 150);
            end(400);
        };
        in_orders(model, 20);
    }

    /// A fault that is planted: two threads lock in opposite orders.
    #[test]
    #[ignore = "scripts/sanitize.sh wants it to fail"]
    fn planted() {
        let model = || {
            let locks = Arc::new((Mutex::new(0), Mutex::new(0)));
            let others = locks.clone();
            let other = thread::spawn(move || {
                let _first = others.1.lock().unwrap();
                let _second = others.0.lock().unwrap();
            });
            let first = locks.0.lock().unwrap();
            let second = locks.1.lock().unwrap();
            drop((first, second));
            other.join().unwrap();
        };
        in_orders(model, COUNT);
    }
}
