// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/via/purego"
)

// slotsBenchmark is the name of the benchmarks of how many callbacks purego has room for.
const slotsBenchmark = "Slots"

// fillSlots makes callbacks until purego has no room for another and writes what [fillSlotsIn] reads. The process can
// make no callback afterwards.
func fillSlots(w io.Writer) error {
	start := time.Now()
	slots, refusal := purego.CallbackSlots()
	elapsed := time.Since(start)
	_, err := fmt.Fprintf(w, "%d %d %v\n", slots, elapsed.Nanoseconds(), refusal)
	return err
}

// fillSlotsIn has processes fill purego's slots, one in each round, by a command that calls [fillSlots]. An operation
// is the making of one callback. When done is closed, it returns the complete rounds with measure.ErrStopped.
func fillSlotsIn(exe string, args []string, rounds int, done <-chan struct{}, progress func(done, all int)) ([]measure.Series, error) {
	name := record.Name{Study: slotsBenchmark, Op: "callback", Lang: "c", Via: "purego", N: "1"}
	subject := &measure.Subject{Name: name.String()}
	series := measure.Series{Subject: subject}
	for round := range rounds {
		if study.Ended(done) {
			return whole(series), measure.ErrStopped
		}
		out, err := exec.Command(exe, args...).Output()
		switch {
		case err != nil && study.Ended(done): // which is then the reason
			return whole(series), measure.ErrStopped
		case err != nil:
			return nil, fmt.Errorf("payloads: %s %s: %w", exe, strings.Join(args, " "), err)
		}
		var slots int
		var ns float64
		if _, err := fmt.Sscan(string(out), &slots, &ns); err != nil || slots < 1 {
			return nil, fmt.Errorf("payloads: %s %s printed %q, want slots, nanoseconds and the refusal", exe, strings.Join(args, " "), out)
		}
		refusal := strings.Join(strings.Fields(string(out))[2:], " ")
		subject.Facts = []measure.Fact{{Key: "problem", Value: "slots"}, {Key: "per", Value: "callback made"}, {Key: "refusal", Value: refusal}}
		series.N = slots
		series.Samples = append(series.Samples, measure.Sample{
			Wall: ns / float64(slots), CPU: ns / float64(slots), More: []measure.Value{{Value: float64(slots), Unit: "slots"}},
		})
		progress(round+1, rounds)
	}
	return []measure.Series{series}, nil
}

// whole returns the series, or none if it has no sample.
func whole(s measure.Series) []measure.Series {
	if len(s.Samples) == 0 {
		return nil
	}
	return []measure.Series{s}
}
