// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"fmt"
	"os"
	"strings"

	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/via/thread"
)

// SayTeams adds how many threads each parallel language of the routes works on, and warns of those that are given fewer than
// they ask for.
func (lab *Lab) SayTeams(routes []*seam.Route) {
	asked := map[string]bool{}
	for _, r := range routes {
		library, err := r.Open()
		if err != nil || library.Team == nil || asked[r.Lang] || !record.ParallelLanguage(r.Lang) {
			continue
		}
		asked[r.Lang] = true
		var team int
		thread.Do(func() { team = library.Team(lab.Threads) })
		lab.Say("team-"+r.Lang, fmt.Sprint(team))
		if team < lab.Threads {
			fmt.Fprintf(lab.Stderr, "toll: %s works on %d of the %d threads that were asked for: %s\n", r.Lang, team, lab.Threads, limitOf(r.Lang))
		}
	}
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
