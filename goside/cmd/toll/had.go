// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"toll/goside/machine"
	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/thread"
)

// had returns how many threads each parallel language of the routes works on if asked for so many, and warns of those
// that are given fewer.
func had(stderr io.Writer, routes []*seam.Route, threads int) []measure.Fact {
	var all []measure.Fact
	asked := map[string]bool{}
	for _, r := range routes {
		library, err := r.Open()
		if err != nil || library.Team == nil || asked[r.Lang] || !study.Parallel(r.Lang) {
			continue
		}
		asked[r.Lang] = true
		var team int
		thread.Do(func() { team = library.Team(threads) })
		all = append(all, measure.Fact{Key: "team-" + r.Lang, Value: fmt.Sprint(team)})
		if team < threads {
			fmt.Fprintf(stderr, "toll: %s works on %d of the %d threads that were asked for: %s\n", r.Lang, team, threads, limitOf(r.Lang))
		}
	}
	return all
}

// limitOf names what may give a language fewer threads than it asks for.
func limitOf(lang string) string {
	names := []string{"GOMAXPROCS"}
	if strings.HasSuffix(lang, "-omp") {
		names = []string{"OMP_THREAD_LIMIT", "OMP_DYNAMIC", "OMP_MAX_ACTIVE_LEVELS"}
	}
	var set []string
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			set = append(set, name+"="+value)
		}
	}
	switch {
	case set != nil:
		return strings.Join(set, " ")
	case lang == "go-par":
		return "the process may run on no more CPUs at once"
	}
	return "its runtime gives no more"
}

// warner returns a function that prints, each time, what is to be known of the process's environment and was not printed
// before.
func warner(stderr io.Writer) func() {
	said := 0
	return func() {
		all := append(machine.Binding(), thread.Notes()...)
		for _, warning := range all[said:] {
			fmt.Fprintln(stderr, "toll:", warning)
		}
		said = len(all)
	}
}
