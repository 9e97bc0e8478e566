// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/seam"
)

// How instructions are counted. What differs from one time to the next only adds: what the runtime does in the
// background, and how deep a hash map of random seed holds an entry. The first differs within a process, so each
// makes short runs again and again; the second between processes. The least of all is taken: of few processes
// where these agree, else of as many as make it likely that one of them met with neither.
const (
	repeats                     = 3
	fewProcesses, mostProcesses = 3, 16
	agreeWithin                 = 0.003
)

// lengths returns the lengths of a short and of a long run. The long one is not long either: every 100,000 jumps
// valgrind lets another of the runtime's threads run, and what that does is counted.
func lengths(p *kernel.Problem) (short, long int) {
	if p.N == "1" {
		return 100, 1100
	}
	return 5, 55
}

// instructions is a route as toll instructions --json prints it.
type instructions struct {
	Route     string             `json:"route"`
	Least     map[string]float64 `json:"instructions,omitempty"`      // per call, by function
	Most      map[string]float64 `json:"most_instructions,omitempty"` // the same, of the process that took most
	Processes int                `json:"processes,omitempty"`
	Valgrind  string             `json:"valgrind,omitempty"`
	Error     string             `json:"error,omitempty"` // why it is left out
}

func instructionsCommand() *cobra.Command {
	var patterns []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "instructions",
		Short: "Count the machine instructions of a call, a second opinion to the times",
		Long: fmt.Sprintf(`Instructions counts the machine instructions of a call under valgrind's callgrind: those of a longer run
less those of a shorter one. Unlike times they repeat, whatever else the machine does. Counted is the call
family, on each route that is verified and offers it; by default go/direct and the serial languages over all
crossings, since threads have no part in a call.

A count is the least of %d processes, or of %d where these disagree. By purego they do, by a percent or two: it
calls by reflection, which looks types up in a hash map, and that has another seed in each process.`,
			fewProcesses, mostProcesses),
		Example: "  toll instructions --route 'c/*'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := findValgrind()
			if err != nil {
				return err
			}
			routes, err := registry.Match(patterns)
			if err != nil {
				return err
			}
			results, err := verify(routes, []string{"call"})
			if err != nil {
				return err
			}
			tallies, leftOut, err := newTallies(results)
			if err != nil {
				return err
			}
			progress, finish := newProgress("counting")
			defer finish()
			if err := v.count(tallies, mostProcesses, progress); err != nil {
				return err
			}
			finish()
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), countsToJSON(tallies, leftOut, v))
			} else {
				printCounts(cmd, tallies, leftOut, v)
			}
			failed := func(r *conform.Result) bool { return r.Verdict() == conform.Failed }
			if err == nil && (len(tallies) == 0 || slices.ContainsFunc(leftOut, failed)) {
				err = errReported
			}
			return err
		},
	}
	c.Flags().StringSliceVar(&patterns, "route", []string{"go/direct", "c/*", "fortran/*", "rust/*"},
		"routes to count: names or patterns such as '*/purego'")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// repeatCommand is what runs under callgrind. Of each function it makes a part that holds what came before and a
// call that opens and warms up all that needs it; then short and long runs in turn, each a part.
func repeatCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "repeat ROUTE FUNCTION...",
		Short:  "Call functions for toll instructions",
		Hidden: true,
		Args:   cobra.MinimumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			routes, err := registry.Match(args[:1])
			if err != nil {
				return err
			}
			library, err := routes[0].Open()
			if err != nil {
				return err
			}
			problems := callProblems()
			for _, function := range args[1:] {
				k := slices.IndexFunc(problems, func(p kernel.Problem) bool { return p.Kernel == function })
				if k < 0 {
					return fmt.Errorf("function %q, want one that toll instructions shows", function)
				}
				timed := problems[k].New(1)
				short, long := lengths(&problems[k])
				for _, n := range append([]int{timed.Least}, slices.Repeat([]int{short, long}, repeats)...) {
					if err := timed.Run(&library.Funcs, n); err != nil {
						return err
					}
					countFromHere()
				}
			}
			return nil
		},
	}
}

func callProblems() []kernel.Problem {
	return slices.DeleteFunc(kernel.Problems(), func(p kernel.Problem) bool { return p.Study != "Call" })
}

// tally is what was counted on a route.
type tally struct {
	route       *seam.Route
	functions   []kernel.Problem // that it offers
	least, most []took           // of each function, of all processes
	processes   int
}

// took is the instructions that a short and a long run of a function took.
type took struct{ short, long int64 }

// perCall returns the instructions of a call.
func (t took) perCall(p *kernel.Problem) float64 {
	short, long := lengths(p)
	return float64(t.long-t.short) / float64(long-short)
}

// newTallies returns a tally for each route that holds, and the results of those that do not.
func newTallies(results []conform.Result) (tallies []*tally, leftOut []*conform.Result, err error) {
	problems := callProblems()
	for k := range results {
		r := &results[k]
		if !good(results[k : k+1]) {
			leftOut = append(leftOut, r)
			continue
		}
		library, err := r.Route.Open()
		if err != nil {
			return nil, nil, err
		}
		t := &tally{route: r.Route}
		for _, p := range problems {
			timed := p.New(1)
			switch err := timed.Run(&library.Funcs, timed.Least); {
			case err == nil:
				t.functions = append(t.functions, p)
			case !errors.Is(err, kernel.ErrNotOffered):
				return nil, nil, fmt.Errorf("%s on %s: %w", p.Kernel, r.Route.Name(), err)
			}
		}
		tallies = append(tallies, t)
	}
	return tallies, leftOut, nil
}

// add adds what a process took.
func (t *tally) add(runs []took) {
	if t.processes == 0 {
		t.least, t.most = slices.Clone(runs), slices.Clone(runs)
	}
	for k, r := range runs {
		t.least[k] = took{min(t.least[k].short, r.short), min(t.least[k].long, r.long)}
		t.most[k] = took{max(t.most[k].short, r.short), max(t.most[k].long, r.long)}
	}
	t.processes++
}

// spread returns by what part of the least the processes differ on the k-th function.
func (t *tally) spread(k int) float64 { return float64(t.most[k].long)/float64(t.least[k].long) - 1 }

func (t *tally) agrees() bool {
	for k := range t.functions {
		if t.spread(k) > agreeWithin {
			return false
		}
	}
	return true
}

// count fills the tallies, each by a few processes, or most where these disagree.
func (v *valgrind) count(tallies []*tally, most int, progress func(done, all int)) error {
	var mu sync.Mutex
	done, all := 0, 0
	round := func(tallies []*tally, processes int) error {
		all += len(tallies) * processes
		return parallel(len(tallies)*processes, func(k int) error {
			t := tallies[k%len(tallies)]
			runs, err := v.run(t)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				return err
			}
			t.add(runs)
			done++
			progress(done, all)
			return nil
		})
	}
	if err := round(tallies, fewProcesses); err != nil {
		return err
	}
	disagreeing := slices.DeleteFunc(slices.Clone(tallies), (*tally).agrees)
	return round(disagreeing, most-fewProcesses)
}

// run returns what the functions of a tally take in a process of its own.
func (v *valgrind) run(t *tally) ([]took, error) {
	args := []string{"repeat", t.route.Name()}
	for _, p := range t.functions {
		args = append(args, p.Kernel)
	}
	text, _, err := v.callgrind(nil, nil, args...)
	if err != nil {
		return nil, err
	}
	runs, err := readRuns(text, len(t.functions))
	if err != nil {
		return nil, fmt.Errorf("%s under %s: %w", t.route.Name(), v.version, err)
	}
	return runs, nil
}

// readRuns returns the least short and long run of each function, from a file of callgrind: [repeatCommand] made its
// parts, and the last is the process's end.
func readRuns(text string, functions int) ([]took, error) {
	dump, err := readDump(text)
	if err != nil {
		return nil, err
	}
	const parts = 1 + 2*repeats
	if err := dump.want(functions*parts + 1); err != nil {
		return nil, err
	}
	var totals []int64
	for k := range functions * parts {
		totals = append(totals, dump.count(k, "Ir"))
	}
	var runs []took
	for part := range slices.Chunk(totals, parts) {
		r := took{part[1], part[2]}
		for k := 1; k < parts; k += 2 {
			r = took{min(r.short, part[k]), min(r.long, part[k+1])}
		}
		if r.short <= 0 || r.long <= r.short {
			return nil, fmt.Errorf("counted %d instructions in a short run and %d in a long one, want more in the long one",
				r.short, r.long)
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func countsToJSON(tallies []*tally, leftOut []*conform.Result, v *valgrind) []instructions {
	all := []instructions{}
	for _, t := range tallies {
		i := instructions{Route: t.route.Name(), Processes: t.processes, Valgrind: v.version,
			Least: map[string]float64{}, Most: map[string]float64{}}
		for k := range t.functions {
			p := &t.functions[k]
			i.Least[p.Kernel], i.Most[p.Kernel] = t.least[k].perCall(p), t.most[k].perCall(p)
		}
		all = append(all, i)
	}
	for _, r := range leftOut {
		all = append(all, instructions{Route: r.Route.Name(), Error: r.Reason().Error()})
	}
	return all
}

func printCounts(cmd *cobra.Command, tallies []*tally, leftOut []*conform.Result, v *valgrind) {
	out := cmd.OutOrStdout()
	problems := callProblems()
	header := []any{"route"}
	for _, p := range problems {
		header = append(header, strings.TrimSuffix(p.Kernel+" "+p.N, " 1"))
	}
	printed := newTable(out, header...)
	worst, where := 0.0, ""
	for _, t := range tallies {
		row := table.Row{t.route.Name()}
		for c := range problems {
			p, cell := &problems[c], ""
			if k := slices.IndexFunc(t.functions, func(f kernel.Problem) bool { return f.Kernel == p.Kernel }); k >= 0 {
				cell = strconv.FormatFloat(math.Round(10*t.least[k].perCall(p))/10, 'f', -1, 64)
				if s := t.spread(k); s >= worst {
					worst, where = s, t.route.Name()+" "+p.Kernel
				}
			}
			row = append(row, cell)
		}
		printed.AppendRow(row)
	}
	if len(tallies) > 0 {
		printed.Render()
		fmt.Fprintf(out, "Instructions per call outside the operating system, the loop that calls included; nothing subtracted.\n"+
			"Least of %d processes, or of %d where these disagree; the most was %.1f%% more (%s).\n"+
			"Counted by %s --tool=callgrind with %s.\n",
			fewProcesses, mostProcesses, 100*worst, where, v.version, strings.Join(settings, " "))
	}
	for _, r := range leftOut {
		fmt.Fprintf(out, "Left out: %s\n", strings.TrimRight(r.Reason().Error(), "\n"))
	}
}
