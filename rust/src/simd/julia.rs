// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

use std::iter::zip;
use std::marker::PhantomData;

use super::Level;
use crate::julia::{Loops, Points, SplitPoints, escape};

/// Every iteration and test of every point is done.
pub struct Brute<L>(PhantomData<L>);

impl<L: Level> Loops for Brute<L> {
    const GRAIN: usize = 4096;

    fn points(points: Points<Self>) {
        for (out, (&z, &c)) in zip(points.out, zip(points.zs, points.cs)) {
            *out = escape(z, c, points.maxiter);
        }
    }

    fn split_points(points: SplitPoints<Self>) {
        let [zr, zi, cr, ci] = points.parts;
        for k in 0..points.out.len() {
            points.out[k] = escape([zr[k], zi[k]], [cr[k], ci[k]], points.maxiter);
        }
    }
}

/// With the certificate.
pub struct Certified<L>(PhantomData<L>);

impl<L: Level> Loops for Certified<L> {
    const GRAIN: usize = 16384;

    fn points(points: Points<Self>) {
        for (out, (&z, &c)) in zip(points.out, zip(points.zs, points.cs)) {
            *out = escape(z, c, points.maxiter);
        }
    }

    fn split_points(points: SplitPoints<Self>) {
        let [zr, zi, cr, ci] = points.parts;
        for k in 0..points.out.len() {
            points.out[k] = escape([zr[k], zi[k]], [cr[k], ci[k]], points.maxiter);
        }
    }
}
