// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// group is what a record has of one job in one language, called in one way, by different numbers of callers.
type group struct {
	job, lang, threads, procs, by string
	rows                          []*record.Row
}

// groupsOf returns the groups of the rows, in the record's order.
func groupsOf(rows []*record.Row) []*group {
	var all []*group
	for _, r := range rows {
		if r.Entry != "" {
			continue
		}
		of := group{job: jobName(r), lang: r.Lang, threads: r.Get("threads"), procs: r.Get("procs"), by: r.Get("by")}
		k := slices.IndexFunc(all, func(g *group) bool {
			return g.job == of.job && g.lang == of.lang && g.threads == of.threads && g.procs == of.procs && g.by == of.by
		})
		if k < 0 {
			k, all = len(all), append(all, &of)
		}
		all[k].rows = append(all[k].rows, r)
	}
	return all
}

// jobName names a row's job: "diffusion step 256²", "ols matrix 10000".
func jobName(r *record.Row) string {
	n := r.N
	if side, err := strconv.Atoi(n); err == nil && r.Kernel != "ols" {
		n = page.Squares(side)
	}
	return fmt.Sprintf("%s %s %s", r.Kernel, r.Get("grain"), n)
}

// row returns the group's row of so many callers, or nil.
func (g *group) row(callers string) *record.Row {
	for _, r := range g.rows {
		if callersOf(r) == callers {
			return r
		}
	}
	return nil
}

// find returns the group of a job in a language, called by each or by one, with the numbers of threads and of GOMAXPROCS that the
// record has most with: those of calls from one thread. It is nil if there is none.
func find(all []*group, job, lang, by string) *group {
	k := slices.IndexFunc(all, func(g *group) bool { return g.by == byOne })
	if k < 0 {
		return nil
	}
	for _, g := range all {
		if g.job == job && g.lang == lang && g.by == by && g.threads == all[k].threads && g.procs == all[k].procs {
			return g
		}
	}
	return nil
}

// names returns what each gives of all, each once.
func names[T any](all []T, each func(T) string) []string {
	var found []string
	for _, one := range all {
		found = record.AppendNew(found, each(one))
	}
	return found
}

// gridTables prints what callers of each kernel make of threads and calls.
func gridTables(p *page.Page) {
	rows := p.Rows(gridName)
	all := groupsOf(rows)
	if len(all) == 0 {
		return
	}
	floor := record.Floor(rows)
	p.Heading("Goroutines that call OpenMP code")
	p.Tell(prose, "grid", map[string]string{"Rounds": page.InRounds(rows[0])})
	p.Picture("openmp", alt)
	jobs := names(all, func(g *group) string { return g.job })
	for _, job := range jobs {
		callersTable(p, all, job, floor)
	}
	p.Tell(prose, "callers", page.FloorText(floor))
	sayPools(p, all)
	for _, job := range jobs {
		setupsTable(p, all, job)
	}
}

// callersTable prints what the callers of a job get and make, in each language.
func callersTable(p *page.Page, all []*group, job string, floor float64) {
	var lines [][]page.Cell
	threads, procs := "", ""
	for _, lang := range names(all, func(g *group) string { return g.lang }) {
		each := find(all, job, lang, byEach)
		if each == nil {
			continue
		}
		threads, procs = each.threads, each.procs
		for _, by := range []string{byEach, byOne} {
			g := find(all, job, lang, by)
			if g == nil {
				continue
			}
			for _, r := range g.rows {
				wall := measure.Median(r.Wall())
				// Calls a second are the inverse of the time of a call.
				relative := page.Figure("1", r)
				if one := each.row("1"); r != one {
					relative = relativeCell(one, r, floor)
				}
				lines = append(lines, []page.Cell{
					page.Word(callersName(r)),
					page.Figure(page.WithSpread(page.Significant(1e6/wall.Median), wall), r), relative,
					page.Figure(whole(r, "threads-before"), r), page.Figure(whole(r, "threads-most"), r), page.Figure(whole(r, "threads-after"), r),
					page.Figure(page.Significant(r.More("running").Median), r),
				})
			}
		}
	}
	if lines != nil {
		p.Grid(fmt.Sprintf("Calls of %s on %s each, GOMAXPROCS=%s, and threads of the process", job, page.Count(threads, "thread"), procs),
			[]string{"", "1000 calls/s", "relative", "before", "most", "after", "want a core"}, lines)
	}
}

// callersName names a row: "c-omp, 16 callers, from one thread".
func callersName(r *record.Row) string {
	name := r.Lang + ", " + page.Count(callersOf(r), "caller")
	if r.Get("by") == byOne {
		name += ", from one thread"
	}
	return name
}

// sayPools says how many threads the callers of the first job make, and what one thread for all of them gives.
func sayPools(p *page.Page, all []*group) {
	each := find(all, all[0].job, "c-omp", byEach)
	one := find(all, all[0].job, "c-omp", byOne)
	if each == nil || one == nil {
		return
	}
	most := func(rows []*record.Row) string {
		var parts []string
		for _, r := range rows {
			parts = append(parts, fmt.Sprintf("%s with %s", whole(r, "threads-most"), callersOf(r)))
		}
		return page.Joined(parts)
	}
	last := each.rows[len(each.rows)-1]
	p.Say("OpenMP's runtime keeps a pool for each thread that calls it. With callers that call by themselves, the process has at most "+
		"this many threads: %s; of the last, %s are left when the callers have ended. With calls from one thread: %s.",
		most(each.rows), whole(last, "threads-after"), most(one.rows))
}

// setupsTable prints the calls of a job at each number of threads and of GOMAXPROCS, and how many threads want a core.
func setupsTable(p *page.Page, all []*group, job string) {
	for _, lang := range names(all, func(g *group) string { return g.lang }) {
		var own []*group
		for _, g := range all {
			if g.job == job && g.lang == lang && g.by == byEach {
				own = append(own, g)
			}
		}
		if len(own) < 2 {
			continue
		}
		var callers []string
		for _, g := range own {
			for _, n := range names(g.rows, callersOf) {
				callers = record.AppendNew(callers, n)
			}
		}
		slices.SortFunc(callers, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }) // numbers
		header := []string{"threads a call, GOMAXPROCS"}
		for _, n := range callers {
			header = append(header, page.Count(n, "caller"))
		}
		var calls, threads [][]page.Cell
		for _, g := range own {
			label := page.Word(g.threads + ", " + g.procs)
			speed, crowd := []page.Cell{label}, []page.Cell{label}
			for _, n := range callers {
				r := g.row(n)
				if r == nil {
					speed, crowd = append(speed, page.Word("")), append(crowd, page.Word(""))
					continue
				}
				wall := measure.Median(r.Wall())
				speed = append(speed, page.Figure(page.WithSpread(page.Significant(1e6/wall.Median), wall), r))
				crowd = append(crowd, page.Figure(fmt.Sprintf("%s; %s", whole(r, "threads-most"), page.Significant(r.More("running").Median)), r))
			}
			calls, threads = append(calls, speed), append(threads, crowd)
		}
		p.Grid(fmt.Sprintf("1000 calls/s, %s by %s", job, lang), header, calls)
		p.Grid(fmt.Sprintf("Most threads of the process, and threads that want a core, per core, %s by %s", job, lang), header, threads)
	}
}

// settingsTables prints what OpenMP's environment variables change.
func settingsTables(p *page.Page) {
	rows := p.Rows(settingsName)
	if len(rows) == 0 {
		return
	}
	p.Heading("OpenMP's environment variables")
	p.Tell(prose, "settings", map[string]string{"Rounds": page.InRounds(rows[0])})
	first := firstEntries(rows)
	for _, job := range names(first, jobName) {
		of := slices.DeleteFunc(slices.Clone(first), func(r *record.Row) bool { return jobName(r) != job })
		header, figures := []string{""}, []string{""}
		for _, n := range names(of, callersOf) {
			callers := page.Count(n, "caller")
			header, figures = append(header, callers, "relative"), append(figures, callers+": cores", "threads", "bound")
		}
		var timeLines, threadLines [][]page.Cell
		for _, setting := range names(of, settingName) {
			timed, threads := page.Words(setting), page.Words(setting)
			for _, n := range names(of, callersOf) {
				k := slices.IndexFunc(of, func(r *record.Row) bool { return settingName(r) == setting && callersOf(r) == n })
				if k < 0 {
					timed, threads = append(timed, page.Words("", "")...), append(threads, page.Words("", "", "")...)
					continue
				}
				timed, threads = append(timed, timeCells(of[k], without(of, of[k]), floorOf(rows, of[k]))...), append(threads, threadCells(of[k])...)
			}
			timeLines, threadLines = append(timeLines, timed), append(threadLines, threads)
		}
		p.Wide("Time per call, "+job, header, timeLines)
		p.Wide("Cores in use, most threads, and threads bound, "+job, figures, threadLines)
	}
	p.Tell(prose, "figures", nil)
	p.Explain(sayBinding(first))
	p.Explain(saySettings(rows))
	if said := sayUnsteady(first); said != "" {
		p.Explain(said)
	}
}

// firstEntries returns the rows without second entries.
func firstEntries(rows []*record.Row) []*record.Row {
	return slices.DeleteFunc(slices.Clone(rows), (*record.Row).Again)
}

// floorOf returns the noise floor of a row's calls: that of its job by as many callers if these were measured twice, else that of
// all rows.
func floorOf(rows []*record.Row, r *record.Row) float64 {
	own := record.Floor(slices.DeleteFunc(slices.Clone(rows), func(other *record.Row) bool {
		return jobName(other) != jobName(r) || callersOf(other) != callersOf(r)
	}))
	if math.IsInf(own, 1) {
		return record.Floor(rows)
	}
	return own
}

func callersOf(r *record.Row) string { return r.Get("callers") }

// without returns the row of the same calls without any of the variables, or nil.
func without(rows []*record.Row, r *record.Row) *record.Row {
	k := slices.IndexFunc(rows, func(base *record.Row) bool {
		return settingName(base) == unset && jobName(base) == jobName(r) && callersOf(base) == callersOf(r)
	})
	if k < 0 {
		return nil
	}
	return rows[k]
}

// timeCells show the time of a row, also relative to another.
func timeCells(r, base *record.Row, floor float64) []page.Cell {
	return []page.Cell{page.Figure(page.TimeAndSpread(measure.Median(r.Wall())), r), relativeCell(r, base, floor)}
}

// relativeCell shows the first row's time relative to the second's.
func relativeCell(r, base *record.Row, floor float64) page.Cell {
	ratio, ok := record.WallRatio(r, base)
	switch {
	case !ok:
		return page.Word("–")
	case r == base:
		return page.Figure("1", r)
	}
	return page.Figure(page.Relative(ratio, ratio.Differs(floor)), r, base)
}

// threadCells show how many cores a row's process used, and what was seen of its threads.
func threadCells(r *record.Row) []page.Cell {
	cores := measure.Median(r.Values(func(s *measure.Sample) float64 { return s.CPU / s.Wall }))
	return []page.Cell{page.Figure(page.Significant(cores.Median), r), page.Figure(whole(r, "threads-most"), r), page.Figure(whole(r, "bound"), r)}
}

// whole shows the median of a number of things.
func whole(r *record.Row, unit string) string { return fmt.Sprintf("%.0f", r.More(unit).Median) }

// unset names the settings of a process that has none of the variables.
const unset = "none"

// settingName names what a row's process was given.
func settingName(r *record.Row) string {
	if r.Get("variable") == "" {
		return unset
	}
	return r.Get("variable") + "=" + r.Get("value")
}

// sayBinding warns of variables that bind threads.
func sayBinding(rows []*record.Row) string {
	var binding []string
	most := 0.0
	for _, r := range rows {
		if n := r.More("bound").Median; n > 0 {
			binding, most = record.AppendNew(binding, settingName(r)), max(most, n)
		}
	}
	if binding == nil {
		return "No setting bound a thread to fewer CPUs than the process has."
	}
	return prose.Text("binding", map[string]string{"Settings": page.Joined(binding), "Most": page.Count(fmt.Sprintf("%.0f", most), "thread")})
}

// saySettings says of each variable where it makes a difference.
func saySettings(all []*record.Row) string {
	rows := firstEntries(all)
	var said []string
	for _, variable := range names(rows, func(r *record.Row) string { return r.Get("variable") }) {
		if variable == "" {
			continue
		}
		var differs []string
		for _, r := range rows {
			if r.Get("variable") != variable {
				continue
			}
			if ratio, ok := record.WallRatio(r, without(rows, r)); ok && ratio.Differs(floorOf(all, r)) {
				differs = append(differs, fmt.Sprintf("%s %sx (%s, %s)", r.Get("value"), page.Factor(ratio.Median), jobName(r), page.Count(callersOf(r), "caller")))
			}
		}
		if differs == nil {
			said = append(said, variable+" makes no difference that can be told from noise.")
		} else {
			said = append(said, fmt.Sprintf("%s changes the time of a call to: %s.", variable, strings.Join(differs, "; ")))
		}
	}
	return strings.Join(said, " ")
}

// unsteady is how many times as long the slowest process may take as the fastest before it is said.
const unsteady = 10

// sayUnsteady says where calls without any variable take far longer in one process than in another; "" if nowhere.
func sayUnsteady(rows []*record.Row) string {
	var said []string
	for _, r := range rows {
		if settingName(r) != unset {
			continue
		}
		if wall := r.Wall(); slices.Max(wall) > unsteady*slices.Min(wall) {
			said = append(said, fmt.Sprintf("%s to %s (%s, %s)", page.Nanoseconds(slices.Min(wall)), page.Nanoseconds(slices.Max(wall)),
				jobName(r), page.Count(callersOf(r), "caller")))
		}
	}
	if said == nil {
		return ""
	}
	return prose.Text("unsteady", page.Joined(said))
}
