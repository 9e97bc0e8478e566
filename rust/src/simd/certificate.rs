// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

//! The proof that orbits of a c that come near its attracting cycle never escape.
//!
//! Fatou: if c has an attracting cycle, it attracts the orbit of 0. So let p_0 ... p_m be computed numbers of that orbit,
//! late, where |p_m - p_0| <= d is small. About p_0 lies a disc of radius r_0. If a computed z lies in the disc about p_k,
//! the next computed one lies in that about p_(k+1) of radius
//!
//! ```text
//! r_(k+1) = (2 |p_k| + r_k) r_k + 1e-14,    as |z² - p²| = |z + p| |z - p|
//! ```
//!
//! since a step from |z| <= 2 with |c| <= 2 rounds by less than 20 u = 2.3e-15, for z and for p each. If r_m + d <= r_0,
//! that is in the first disc again; and if |p_k| + r_k is below 2 by some margin for all k, no test fails there. All this
//! holds, too, if p_0 is 0 itself, which the orbit of 0 comes back near to: a disc around 0 may be larger than the part
//! of it that lies in a disc about the cycle, and |z|² alone tells whether z is in it. The factor [`UP`] covers the
//! rounding of the radii themselves.

use crate::julia::Complex;

/// How many numbers a cycle may have.
const PERIODS: usize = 64;

/// How many discs are worth a test. The largest ones catch most.
pub const DISCS: usize = 3;

/// More than 1 by thousands of roundings.
const UP: f64 = 1.0 + 1e-12;

/// |z - centre|² < squared, as computed, if z is certain to lie in the disc.
#[derive(Clone, Copy, Default)]
pub struct Disc {
    pub centre: Complex,
    pub squared: f64,
}

pub struct Certificate {
    discs: [Disc; DISCS],
    period: usize,
    around_zero: f64,
}

impl Certificate {
    /// Looks for the cycle for that many iterations; |c| < 2.
    #[inline(never)]
    pub fn find(c: Complex, most: usize) -> Option<Certificate> {
        let mut p = [[0.0; 2]; PERIODS + 1];
        let period = cycle(c, most, &mut p[0])?;
        for k in 0..period {
            p[k + 1] = step(p[k], c);
        }
        let p = &p[..=period];
        let mut radii = largest(p)?;

        let mut discs = [Disc::default(); DISCS];
        for disc in &mut discs[..DISCS.min(period)] {
            let mut largest = 0;
            for k in 1..period {
                if radii[k] > radii[largest] {
                    largest = k;
                }
            }
            *disc = Disc {
                centre: p[largest],
                // Computed, the left side of the test may be too small by some roundings.
                squared: radii[largest] * radii[largest] / UP,
            };
            radii[largest] = 0.0;
        }
        let mut from_zero = [[0.0; 2]; PERIODS + 1];
        for k in 0..period {
            from_zero[k + 1] = step(from_zero[k], c);
        }
        let radius = largest(&from_zero[..=period]).map_or(0.0, |radii| radii[0]);
        Some(Certificate {
            discs,
            period,
            around_zero: radius * radius / UP,
        })
    }

    /// The largest discs of the cycle.
    pub fn discs(&self) -> &[Disc] {
        &self.discs[..DISCS.min(self.period)]
    }

    /// z is certain to lie in such a disc if |z|² is below that, as computed; 0 if that is not known of any z.
    pub fn around_zero(&self) -> f64 {
        self.around_zero
    }

    /// How many iterations, about that many, to do between tests: an orbit near the cycle is in one disc in every
    /// `period` iterations, and is to be met there in the end.
    pub fn interval(&self, about: i32) -> i32 {
        let mut interval = about;
        while common_divisor(interval as usize, self.period) > 1 {
            interval += 1;
        }
        interval
    }
}

/// The radii of discs about all p but the last that make the proof; the first one is the largest, but for a hundredth.
fn largest(p: &[Complex]) -> Option<[f64; PERIODS]> {
    let apart = distance(p[p.len() - 1], p[0]) * UP;
    let mut radii = [0.0; PERIODS];
    let mut radius = 1.0;
    while !maps_into_itself(p, radius, apart, &mut radii) {
        radius *= 0.9;
        if radius < 1e-6 {
            return None;
        }
    }
    let (mut low, mut high) = (radius, radius / 0.9);
    for _ in 0..4 {
        let radius = 0.5 * (low + high);
        let fits = maps_into_itself(p, radius, apart, &mut radii);
        *(if fits { &mut low } else { &mut high }) = radius;
    }
    maps_into_itself(p, low, apart, &mut radii);
    Some(radii)
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

fn step([zr, zi]: Complex, [cr, ci]: Complex) -> Complex {
    [(zr * zr - zi * zi) + cr, 2.0 * (zr * zi) + ci]
}

fn length([re, im]: Complex) -> f64 {
    (re * re + im * im).sqrt()
}

fn distance(a: Complex, b: Complex) -> f64 {
    length([a[0] - b[0], a[1] - b[1]])
}

/// How many iterations the orbit of 0 takes to come back to where it is at last, and where that is. Brent's way: it is
/// compared with where it was at each power of two.
fn cycle(c: Complex, most: usize, last: &mut Complex) -> Option<usize> {
    let mut z = [0.0; 2];
    let (mut past, mut since, mut until) = (z, 0, 1);
    for _ in 0..most {
        z = step(z, c);
        since += 1;
        let (norm, back) = (z[0] * z[0] + z[1] * z[1], [z[0] - past[0], z[1] - past[1]]);
        if norm >= 4.0 || norm.is_nan() {
            return None;
        }
        if back[0] * back[0] + back[1] * back[1] < 1e-20 {
            *last = z;
            return (since <= PERIODS).then_some(since);
        }
        if since == until {
            (past, since, until) = (z, 0, 2 * until);
        }
    }
    None
}

/// Whether the disc of that radius about the first of `p` comes to lie in itself at the last; gives the radii between.
fn maps_into_itself(p: &[Complex], radius: f64, apart: f64, radii: &mut [f64; PERIODS]) -> bool {
    let mut r = radius;
    for (p, radius) in p[..p.len() - 1].iter().zip(radii) {
        let far = length(*p) * UP;
        if far + r > 2.0 - 1e-9 {
            return false;
        }
        *radius = r;
        r = ((2.0 * far + r) * r + 1e-14) * UP;
    }
    r + apart <= radius
}
