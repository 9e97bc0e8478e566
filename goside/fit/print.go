// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fit

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// Print says before the first task what will be done, and why in tasks of this size.
func (p *Plan) Print(w io.Writer) {
	fmt.Fprintf(w, "fit: %s users x %s days, window %d: %s fits by %s. Engine: %s, %s with %s, there after %s.\n", grouped(int64(p.Rows)),
		grouped(int64(p.Days)), p.Window, grouped(int64(p.Rows)*int64(p.Days-p.Window+1)), names[p.Language], p.Engine, count(p.Workers, "worker"),
		count(p.Threads, "thread"), seconds(p.Started))
	why := p.Why
	if p.Why == "chosen" {
		why = "chosen so that a task's border stays below 1 % and each worker has some 32 tasks, if there are users enough"
	}
	users := min(p.Partition, p.Rows)
	fmt.Fprintf(w, "fit: partition: %s users in %s (%s). A block of %s users takes %s, a task of them costs the engine %s: %.2g %% of its work.\n",
		grouped(int64(users)), count(p.Tasks, "task"), why, grouped(int64(p.Block)), seconds(p.Work), seconds(p.Cost), 100*p.Share)
	if p.Kept > 0 {
		fmt.Fprintf(w, "fit: resumed: %d of %s are finished, %d are left.\n", p.Kept, count(p.Tasks, "task"), p.Tasks-p.Kept)
	}
}

// Print says what was done.
func (r *Result) Print(w io.Writer) {
	p := &r.Plan
	fmt.Fprintf(w, "%s fits in %s: %s million a second, %.3g ns each on each of %s.\n", grouped(r.Fits), seconds(r.Seconds),
		significant(r.Rate()/1e6), r.Seconds*float64(p.Workers)/float64(max(1, r.Fits))*1e9, count(p.Workers, "worker"))
	if r.Busy > 0 {
		share := func(s float64) string { return fmt.Sprintf("%.1f %%", 100*s/r.Busy) }
		fmt.Fprintf(w, "A task's time: load %s, fit %s, hash %s, write %s. Workers without a task: %.1f %% of their time.\n",
			share(r.Times.Load), share(r.Times.Fit), share(r.Times.Hash), share(r.Times.Write), 100*r.Idle())
	}
	fmt.Fprintf(w, "Memory: at most %s in %s, the sum of their peaks.", bytesText(r.Peak), count(r.Processes, "process"))
	if r.Written > 0 {
		fmt.Fprintf(w, " Written: %s.", bytesText(r.Written))
	}
	fmt.Fprintln(w)
	if r.Kept > 0 {
		fmt.Fprintf(w, "Done again: none of the %s that were finished; done now: %d.\n", count(r.Kept, "task"), r.Tasks)
	}
	if r.Replaced > 0 {
		fmt.Fprintf(w, "Workers that ended and were replaced: %d; their tasks were done again.\n", r.Replaced)
	}
	fmt.Fprintf(w, "Checksum: %s\n", r.Checksum)
}

var names = map[string]string{"c": "C", "fortran": "Fortran", "rust": "Rust"}

func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "process":
		noun = "processe"
	}
	return grouped(int64(n)) + " " + noun + "s"
}

// grouped writes an integer with commas.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for k := len(digits) - 3; k > 0; k -= 3 {
		digits = digits[:k] + "," + digits[k:]
	}
	return digits
}

// seconds shows three digits.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d <= 0 {
		return "0 s"
	}
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "us"}} {
		if d >= unit.of {
			return significant(float64(d)/float64(unit.of)) + " " + unit.name
		}
	}
	return fmt.Sprintf("%d ns", d)
}

func significant(x float64) string {
	if x >= 100 {
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

func bytesText(n int64) string {
	const unit = 1 << 10
	x, k := float64(n), 0
	for x >= unit && k < 3 {
		x, k = x/unit, k+1
	}
	return significant(x) + " " + []string{"B", "KiB", "MiB", "GiB"}[k]
}
