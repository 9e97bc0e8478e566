// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package points

import (
	"strings"
	"testing"
	"time"

	"toll/goside/calls"
	"toll/goside/cost/costtest"
	"toll/goside/measure"
	"toll/goside/page/pagetest"
	"toll/goside/record"
)

// TestPointsAreUnseen: no point is a payload that a model is fitted to, and they are spread as wide as is said.
func TestPointsAreUnseen(t *testing.T) {
	if len(points) != 30 {
		t.Errorf("%d points, want 30", len(points))
	}
	seen := map[point]bool{}
	paced := 0
	for _, p := range points {
		if seen[p] {
			t.Errorf("the point %+v is there twice", p)
		}
		seen[p] = true
		if p.rate > 0 {
			paced++
		}
		for _, of := range calls.Payloads() {
			if of.Kernel == p.op && of.N == p.n && p.op != "not" {
				t.Errorf("%+v is a payload", p)
			}
		}
		if most := map[string]int{"not": 1, "sum": 1 << 20, "fill": 64 << 10, "batch": 2000, "spin": 100_000}[p.op]; p.n > most {
			t.Errorf("%+v is larger than %d", p, most)
		}
		if needs := map[string]int{"sum": p.n, "fill": p.n, "batch": 24 * p.n}[p.op]; needs > roomFor {
			t.Errorf("%+v needs %d B of room, and there are %d", p, needs, roomFor)
		}
	}
	if paced < 10 {
		t.Errorf("%d points are at a rate, want 10 or more", paced)
	}
}

func TestSubjects(t *testing.T) {
	timer := &timer{clock: measure.MachineClock()}
	few := &calls.Funcs{Noop: calls.Go().Noop, Not: calls.Go().Not}
	subjects, err := timer.subjects([]calls.Crossing{{Name: baseline, Lang: "c", Funcs: calls.Go()}, {Name: "shm", Lang: "c", Funcs: few}})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]int{}
	for _, s := range subjects {
		name := record.ParseName(s.Subject.Name)
		of[name.Study+" "+name.Via+" "+name.Entry]++
	}
	for key, want := range map[string]int{"Point cgo ": 30, "Point cgo again": 30, "Paced cgo ": len(fitted), "Paced cgo again": len(fitted), "Point shm ": 4, "Paced shm ": 0} {
		if of[key] != want {
			t.Errorf("%d subjects of %q, want %d", of[key], key, want)
		}
	}
}

func TestTake(t *testing.T) {
	timer := &timer{clock: measure.MachineClock()}
	room, err := roomOf(calls.Go())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []point{{"not", 1, 0}, {"ints", 2, 0}, {"sum", 200, 0}, {"fill", 128, 5000}, {"batch", 30, 0}, {"spin", 50_000, 0}, {"spin", 50_000, 2000}} {
		do, err := p.call(calls.Go(), room)
		if err != nil {
			t.Errorf("%+v: %v", p, err)
			continue
		}
		begun := time.Now()
		s, n, err := timer.take(p, do, false)
		if err != nil || s.Wall <= 0 || n < least || p.op == "spin" && s.Wall < 50_000 {
			t.Errorf("%+v takes %v ns in %d calls, error %v", p, s.Wall, n, err)
		}
		if p.rate > 0 && time.Since(begun) < time.Duration(n)*time.Second/time.Duration(p.rate) {
			t.Errorf("%+v: %d calls were made in %v, which is too often", p, n, time.Since(begun))
		}
	}
	if _, err := (&point{"handle", 1, 0}).call(calls.Go(), room); err == nil || !strings.Contains(err.Error(), "handle") {
		t.Errorf("a function that there is not gives the error %v", err)
	}
	wrong := calls.Go()
	wrong.Not = func(x int64) int64 { return x }
	p := point{"not", 1, 0}
	do, _ := p.call(wrong, room)
	if _, _, err := timer.take(p, do, false); err == nil || !strings.Contains(err.Error(), "not of 1 returned a wrong result") {
		t.Errorf("a wrong function gives the error %v", err)
	}
	// None is timed while a worker still spins.
	right, _ := p.call(calls.Go(), room)
	if _, _, err := timer.take(p, right, true); err != nil {
		t.Fatal(err)
	}
	spun := timer.spun
	if _, _, err := timer.take(p, right, false); err != nil || timer.clock.Wall()-spun < rest {
		t.Errorf("the next was timed %v after a worker spun, want %v or more; error %v", timer.clock.Wall()-spun, rest, err)
	}
}

func TestMiddle(t *testing.T) {
	if got := middle([]float64{1000, 20, 30, 20, 0, 30, 1, 3000}); got != 25 {
		t.Errorf("the mean of the middle half is %v, want 25", got)
	}
	if got := middle([]float64{7}); got != 7 {
		t.Errorf("of one it is %v, want 7", got)
	}
}

func TestTables(t *testing.T) {
	if said := pagetest.PrintedSection(t, tables, costtest.Calls(true)...); said != "" {
		t.Errorf("without points it says %q", said)
	}
	if said := pagetest.PrintedSection(t, tables, costtest.Points(1)...); !strings.Contains(said, "lacks the payloads") {
		t.Errorf("without payloads it says %q", said)
	}
	all := append(costtest.Calls(true), costtest.Points(2)...)
	said := pagetest.PrintedSection(t, tables, all...)
	pagetest.Holds(t, said, "Is a prediction right?", "3.906 KiB in", "1 MiB out", "batch of 777", "5.00 µs of work", "an int64", "78.12 KiB in, 1000/s",
		"Of 7 calls that no model was fitted to, the predicted cost is within 0% in the median of all crossings (0% within the process, 0% to another process), and within 0% in 90 %.",
		"The predicted winner is the measured one in 7, and that or not told from it in 7. Who follows the prediction loses at most 0%.",
		"| 9.766 KiB in | c/shm | 14.5 µs", "7.25 µs", "50%", "yes")
	if got := answer(pagetest.PrinterOf(pagetest.CallsRecord(t, all...))); !strings.Contains(got, "Of 7 calls") {
		t.Errorf("the answer is %q", got)
	}
}
