// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! Matrices as lines of adjacent elements.
//!
//! One slice over a whole matrix would lay claim to its padding, too, and, of a column-major matrix, to rows
//! that another thread may be writing. These views claim the cells of their lines and nothing between.

use std::marker::PhantomData;

/// The layouts: what a line of adjacent elements is, a row or a column.
pub const ROW: bool = false;
pub const COL: bool = true;

/// The orders of the loops: whether the inner one goes along a line or, interchanged, from line to line.
pub const ALONG: bool = false;
pub const ACROSS: bool = true;

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

    pub fn line_len(&self) -> usize {
        self.len
    }

    #[inline(always)]
    pub fn line(&self, k: usize) -> &'a [f64] {
        assert!(k < self.count);
        // SAFETY: k < count, and by new's contract.
        unsafe { std::slice::from_raw_parts(self.first.add(k * self.ld), self.len) }
    }

    /// Where the first line lies, to go by [`ld`](Lines::ld) from there to the others.
    pub fn first(&self) -> *const f64 {
        self.first
    }

    pub fn ld(&self) -> usize {
        self.ld
    }

    /// The element `at` of each line.
    #[inline(always)]
    pub fn strided(&self, at: usize) -> Strided<'a> {
        assert!(at < self.len);
        Strided {
            // Wrapping, as there may be no lines.
            first: self.first.wrapping_add(at),
            count: self.count,
            ld: self.ld,
            cells: PhantomData,
        }
    }
}

/// One element of each of `count` lines to read, each `ld` after the last.
#[derive(Clone, Copy)]
pub struct Strided<'a> {
    first: *const f64,
    count: usize,
    ld: usize,
    cells: PhantomData<&'a f64>,
}

impl<'a> Strided<'a> {
    pub fn len(&self) -> usize {
        self.count
    }

    #[inline(always)]
    pub fn part(self, from: usize, count: usize) -> Self {
        assert!(from <= self.count && count <= self.count - from);
        Strided {
            // Wrapping, as the part may be empty, and its start outside.
            first: self.first.wrapping_add(from * self.ld),
            count,
            ..self
        }
    }

    #[inline(always)]
    pub fn iter(self) -> impl DoubleEndedIterator<Item = f64> + ExactSizeIterator {
        (0..self.count).map(move |k| {
            // SAFETY: k < count, so that it is an element of one of the lines, for which Lines::new's contract
            // holds.
            unsafe { *self.first.add(k * self.ld) }
        })
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

    #[inline(always)]
    pub fn line(&mut self, k: usize) -> &mut [f64] {
        assert!(k < self.count);
        // SAFETY: k < count, by new's contract, and as self is borrowed for as long.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(k * self.ld), self.len) }
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

    pub fn interchanged(self) -> Interchanged<'a> {
        Interchanged(self)
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

/// Lines to write with the loops interchanged. Iterating yields the first element of each line, then the second
/// of each, and so on. Two halves share the lines, but neither lays claim to the other's elements.
pub struct Interchanged<'a>(LinesMut<'a>);

impl Interchanged<'_> {
    pub fn len(&self) -> usize {
        self.0.len
    }

    pub fn split_at(self, mid: usize) -> (Self, Self) {
        let lines = self.0;
        assert!(mid <= lines.len);
        (
            Interchanged(LinesMut { len: mid, ..lines }),
            Interchanged(LinesMut {
                // Wrapping, as the second half may be empty, and its start outside.
                first: lines.first.wrapping_add(mid),
                len: lines.len - mid,
                ..lines
            }),
        )
    }
}

impl<'a> Iterator for Interchanged<'a> {
    type Item = StridedMut<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<StridedMut<'a>> {
        let lines = &mut self.0;
        if lines.len == 0 {
            return None;
        }
        let strided = StridedMut {
            first: lines.first,
            count: lines.count,
            ld: lines.ld,
            cells: PhantomData,
        };
        // Past what is yielded, so that it is yielded once only.
        lines.first = lines.first.wrapping_add(1);
        lines.len -= 1;
        Some(strided)
    }
}

/// One element of each of `count` lines to write, each `ld` after the last.
pub struct StridedMut<'a> {
    first: *mut f64,
    count: usize,
    ld: usize,
    cells: PhantomData<&'a mut f64>,
}

impl StridedMut<'_> {
    pub fn len(&self) -> usize {
        self.count
    }

    /// Sets each element to `f` of those of `inputs` at its place.
    #[inline(always)]
    pub fn set<const N: usize>(self, inputs: [Strided; N], f: impl Fn([f64; N]) -> f64) {
        let (count, ld) = (self.count, self.ld);
        assert!(inputs.iter().all(|input| input.count == count && input.ld == ld));
        // Counted by offset: when it is by number, LLVM unrolls the loop and keeps more pointers for it than
        // there are registers.
        let mut at = 0;
        while at != count * ld {
            // SAFETY: at is k * ld with k < count, which is the count of all, so that these are elements of their
            // lines, for which Lines::new's and LinesMut::new's contracts hold; and Interchanged gave those to
            // write to this view alone.
            unsafe { *self.first.add(at) = f(inputs.map(|input| *input.first.add(at))) };
            at += ld;
        }
    }
}
