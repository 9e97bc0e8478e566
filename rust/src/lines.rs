// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Matrices as lines of adjacent elements.
//!
//! One slice over a whole matrix would lay claim to its padding, too, and, of a column-major matrix, to rows
//! that another thread may be writing. These views claim the cells of their lines and nothing between.

use std::marker::PhantomData;

/// `count` lines of `len` elements to read, each line `ld` after the last.
#[derive(Clone, Copy)]
pub struct Lines<'a> {
    first: *const f64,
    count: usize,
    len: usize,
    ld: usize,
    cells: PhantomData<&'a [f64]>,
}

// SAFETY: it stands for shared slices, which may be sent and shared.
unsafe impl Send for Lines<'_> {}
// SAFETY: as above.
unsafe impl Sync for Lines<'_> {}

impl<'a> Lines<'a> {
    /// # Safety
    ///
    /// The lines lie in one allocation, aligned, and nobody writes to them during `'a`.
    pub unsafe fn new(first: *const f64, count: usize, len: usize, ld: usize) -> Self {
        Lines {
            first,
            count,
            len,
            ld,
            cells: PhantomData,
        }
    }

    pub fn lines(&self) -> usize {
        self.count
    }

    #[inline(always)]
    pub fn line(&self, k: usize) -> &'a [f64] {
        assert!(k < self.count);
        // SAFETY: k < count, and by new's contract.
        unsafe { std::slice::from_raw_parts(self.first.add(k * self.ld), self.len) }
    }
}

/// `count` lines of `len` elements to write, each line `ld` after the last. Iterating yields the lines.
pub struct LinesMut<'a> {
    first: *mut f64,
    count: usize,
    len: usize,
    ld: usize,
    cells: PhantomData<&'a mut [f64]>,
}

// SAFETY: it stands for exclusive slices, which may be sent.
unsafe impl Send for LinesMut<'_> {}

impl<'a> LinesMut<'a> {
    /// # Safety
    ///
    /// The lines lie in one allocation, aligned, do not overlap (len <= ld), and are reached by nobody else
    /// during `'a`.
    pub unsafe fn new(first: *mut f64, count: usize, len: usize, ld: usize) -> Self {
        LinesMut {
            first,
            count,
            len,
            ld,
            cells: PhantomData,
        }
    }

    pub fn lines(&self) -> usize {
        self.count
    }

    pub fn split_at(self, mid: usize) -> (Self, Self) {
        assert!(mid <= self.count);
        // Wrapping, as the second half may be empty, and the first line after the last outside.
        let second = self.first.wrapping_add(mid * self.ld);
        (
            LinesMut { count: mid, ..self },
            LinesMut {
                first: second,
                count: self.count - mid,
                ..self
            },
        )
    }

    pub fn shared(&self) -> Lines<'_> {
        Lines {
            first: self.first,
            count: self.count,
            len: self.len,
            ld: self.ld,
            cells: PhantomData,
        }
    }

    /// All but the first and last line and the first and last cell of each line.
    pub fn interior(&mut self) -> LinesMut<'_> {
        assert!(self.count >= 2 && self.len >= 2);
        LinesMut {
            first: self.first.wrapping_add(self.ld + 1),
            count: self.count - 2,
            len: self.len - 2,
            ld: self.ld,
            cells: PhantomData,
        }
    }
}

impl<'a> Iterator for LinesMut<'a> {
    type Item = &'a mut [f64];

    #[inline(always)]
    fn next(&mut self) -> Option<&'a mut [f64]> {
        if self.count == 0 {
            return None;
        }
        // SAFETY: the line is one of new's, and first moves past it, so that it is yielded once only.
        let line = unsafe { std::slice::from_raw_parts_mut(self.first, self.len) };
        self.first = self.first.wrapping_add(self.ld);
        self.count -= 1;
        Some(line)
    }
}
