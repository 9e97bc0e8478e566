// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Pools of threads, kept between calls: to start threads costs more than most calls.

use std::ptr::null_mut;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::environment;
use crate::sync::{Arc, AtomicPtr, Builder, JoinHandle, Mutex, Ordering, PoisonError};

/// How many threads the pools that are kept have together at most; the last one asked for is kept whatever its
/// size. There is room for pools of 2, 4, 8 ... 128 threads.
const KEPT: usize = 256;

pub struct Pool {
    /// None only if some thread could not be started, or once the others are to end.
    rayon: Option<ThreadPool>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    fn new(threads: usize) -> Option<Pool> {
        let mut pool = Pool {
            rayon: None,
            threads: Vec::with_capacity(threads),
        };
        pool.rayon = ThreadPoolBuilder::new()
            .num_threads(threads)
            .spawn_handler(|worker| {
                let name = format!("toll-{}", worker.index());
                let thread = Builder::new().name(name).spawn(|| {
                    environment::reset();
                    worker.run();
                })?;
                pool.threads.push(thread);
                Ok(())
            })
            .build()
            .ok();
        pool.rayon.is_some().then_some(pool)
    }

    fn size(&self) -> usize {
        self.threads.len()
    }

    /// Runs the job on a thread of the pool. Rayon's code is compiled for each type of job, and reads thread-locals
    /// while it holds the job: as that is one reference here, no part of it is in a register that this may change
    /// (docs/FINDINGS.md).
    #[expect(clippy::redundant_closure, reason = "the job itself is two references")]
    pub fn run(&self, job: &mut (dyn FnMut() + Send)) {
        self.rayon
            .as_ref()
            .expect("is there until drop")
            .install(|| job());
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.rayon = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// The most recently used last.
type Pools = Mutex<Vec<Arc<Pool>>>;

static POOLS: AtomicPtr<Pools> = AtomicPtr::new(null_mut());

fn pools() -> &'static Pools {
    let mut pools = POOLS.load(Ordering::Acquire);
    if pools.is_null() {
        // Before there is anything to forget. Without a Once, which a child could inherit half done; to be called
        // twice does no harm.
        #[cfg(unix)]
        // SAFETY: the function only stores a pointer, and as the library is not unloaded, it stays.
        unsafe {
            libc::pthread_atfork(None, None, Some(forget));
        }
        let new = Box::into_raw(Box::default());
        pools = match POOLS.compare_exchange(null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => new,
            Err(others) => {
                // SAFETY: it is of Box::into_raw, and nobody else has seen it.
                drop(unsafe { Box::from_raw(new) });
                others
            }
        };
    }
    // SAFETY: what POOLS points to is never freed.
    unsafe { &*pools }
}

/// In the child of a fork there is only the thread that forked, and another may have held the lock. So the child
/// starts anew, and leaves what it inherits as it is.
#[cfg(unix)]
extern "C" fn forget() {
    POOLS.store(null_mut(), Ordering::Release);
}

/// The pool of so many threads, or None if they cannot be had.
pub fn pool(threads: usize) -> Option<Arc<Pool>> {
    let mut pools = pools().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = pools.iter().position(|pool| pool.size() == threads) {
        pools[at..].rotate_left(1);
        return pools.last().cloned();
    }
    // A pool that is dropped here ends now, or with the calls that use it.
    let mut kept: usize = pools.iter().map(|pool| pool.size()).sum();
    while kept > 0 && kept + threads > KEPT {
        kept -= pools.remove(0).size();
    }
    let pool = Pool::new(threads).or_else(|| {
        pools.retain(|pool| Arc::strong_count(pool) > 1);
        Pool::new(threads)
    })?;
    pools.push(Arc::new(pool));
    pools.last().cloned()
}
