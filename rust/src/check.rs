// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The checks that toll.h promises. A kernel calls them in the order of the statuses: [`matrix`], [`range`];
//! [`memory`]; [`domain`], [`team`].

use crate::abi::{Schedule, Status};

/// A matrix of `outer` lines of `inner` adjacent elements, each line `ld` after the last.
#[derive(Clone, Copy)]
pub struct Matrix {
    pub outer: usize,
    pub inner: usize,
    pub ld: usize,
}

impl Matrix {
    /// The elements from the first to the last, padding between included.
    pub fn span(&self) -> usize {
        (self.outer - 1) * self.ld + self.inner
    }
}

pub fn matrix(outer: i64, inner: i64, ld: i64) -> Result<Matrix, Status> {
    const MOST: i64 = isize::MAX as i64 / 8;
    if outer < 1 || inner < 1 || ld < inner {
        return Err(Status::Shape);
    }
    match (outer - 1).checked_mul(ld) {
        Some(before_last) if before_last <= MOST - inner => {}
        _ => return Err(Status::Shape),
    }
    let (outer, inner, ld) = (outer as usize, inner as usize, ld as usize);
    Ok(Matrix { outer, inner, ld })
}

pub fn range(lo: i64, hi: i64, count: i64) -> Result<(usize, usize), Status> {
    if lo < 0 || hi < lo || hi > count {
        return Err(Status::Shape);
    }
    Ok((lo as usize, hi as usize))
}

/// Bytes that an argument stands for.
#[derive(Clone, Copy)]
pub struct Region {
    address: usize,
    bytes: usize,
    align: usize,
}

impl Region {
    pub fn new<E>(p: *const E, count: usize) -> Region {
        Region {
            address: p.addr(),
            bytes: count * size_of::<E>(),
            align: align_of::<E>(),
        }
    }

    fn overlaps(&self, other: &Region) -> bool {
        if self.address < other.address {
            other.address - self.address < self.bytes
        } else {
            self.address - other.address < other.bytes
        }
    }
}

/// Every output against every other argument; inputs may overlap each other.
pub fn memory<const O: usize, const I: usize>(
    outputs: [Region; O],
    inputs: [Region; I],
) -> Result<(), Status> {
    let all = || outputs.iter().chain(&inputs);
    if all().any(|region| region.address == 0) {
        return Err(Status::Short);
    }
    if all().any(|region| region.address % region.align != 0) {
        return Err(Status::Align);
    }
    for (k, output) in outputs.iter().enumerate() {
        if all().skip(k + 1).any(|other| output.overlaps(other)) {
            return Err(Status::Overlap);
        }
    }
    Ok(())
}

pub fn domain(holds: bool) -> Result<(), Status> {
    if holds { Ok(()) } else { Err(Status::Arg) }
}

pub fn team(threads: i32, schedule: i32) -> Result<(usize, Schedule), Status> {
    domain((1..=1024).contains(&threads))?;
    let schedule = match schedule {
        0 => Schedule::Static,
        1 => Schedule::Dynamic,
        2 => Schedule::Guided,
        _ => return Err(Status::Arg),
    };
    Ok((threads as usize, schedule))
}
