// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package measure_test

import (
	"fmt"
	"time"

	"toll/goside/measure"
)

// Two functions are timed in interleaved rounds, the first of them under two entries: what these differ by is noise. The second
// function is slower if it takes longer than noise explains.
func Example() {
	values := make([]float64, 100_000)
	var sum float64
	subject := func(name string, values []float64) measure.Subject {
		return measure.Subject{
			Name:  name,
			Group: "sum", // subjects of one group are visited one after another in each round
			Reset: func() { sum = 0 },
			Run: func(n int) error {
				for range n {
					for _, x := range values {
						sum += x
					}
				}
				return nil
			},
			Least: 1,
		}
	}
	plan := measure.Plan{Rounds: 11, Batch: 200 * time.Microsecond, Visits: 3, Seed: 1, Clock: measure.MachineClock()}
	run, err := measure.Measure(plan, []measure.Subject{
		subject("Sum/n=1000", values[:1000]),
		subject("Sum/n=1000/entry=again", values[:1000]),
		subject("Sum/n=100000", values),
	}, func(done, all int) {}) // a progress bar's place
	if err != nil {
		fmt.Println(err)
		return
	}
	var times [3][]float64 // ns an operation, in the order of rounds
	for k, series := range run.Series {
		for _, sample := range series.Samples {
			times[k] = append(times[k], sample.Wall)
		}
	}
	floor := measure.Ratio(times[1], times[0]).Floor() // the ratio should be 1
	ratio := measure.Ratio(times[2], times[0])
	fmt.Println("rounds:", len(times[0]))
	fmt.Println("slower beyond noise:", ratio.Differs(floor) && ratio.Median > 1)
	fmt.Println("by ten times and more:", ratio.Lo > 10)
	// Output:
	// rounds: 11
	// slower beyond noise: true
	// by ten times and more: true
}
