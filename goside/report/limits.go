// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/study"
)

// limits are the machine's limits as a record has them.
type limits struct {
	rows    []*Row
	loop    []float64 // times of the empty loop; nil if the record lacks it
	threads float64   // of a parallel language
	caches  map[string]float64
}

// parallel is the language of the limits on all threads, serial that of those on one.
const serial, parallel = "c", "c-par"

func (r *Record) limits() *limits {
	l := &limits{threads: 1, caches: map[string]float64{}}
	if threads, err := strconv.ParseFloat(r.Get("threads"), 64); err == nil {
		l.threads = threads
	}
	for cache := range strings.SplitSeq(r.Get("caches"), ", ") {
		level, size, _ := strings.Cut(cache, " ")
		if bytes, err := strconv.ParseFloat(size, 64); err == nil {
			l.caches[strings.TrimSuffix(level, "d")] = bytes
		}
	}
	for k := range r.Rows {
		if r.Rows[k].Study == study.LimitsName {
			l.rows = append(l.rows, &r.Rows[k])
		}
	}
	if loop := l.find("loop", "go", "1"); loop != nil {
		l.loop = loop.Wall()
	}
	return l
}

func (l *limits) any() bool { return l.find("muladd", serial, "vector") != nil }

func (l *limits) find(kernel, lang, n string) *Row {
	for _, r := range l.rows {
		if r.Kernel == kernel && r.Lang == lang && r.N == n {
			return r
		}
	}
	return nil
}

// moves reports whether the record has limits of moving data as its problems do.
func (l *limits) moves() bool {
	return slices.ContainsFunc(l.rows, func(r *Row) bool { return r.Kernel == study.MoveName })
}

// bandwidth returns the bytes a ns that kernel (read, write or copy) moves at a level, on all threads together;
// 0 if it was not measured.
func (l *limits) bandwidth(kernel, lang, level string) float64 {
	return l.rate(l.find(kernel, lang, level), "reads", "writes")
}

// peak returns the floating-point operations a ns; n is scalar or vector.
func (l *limits) peak(lang, n string) float64 {
	return l.rate(l.find("muladd", lang, n), "flops")
}

func (l *limits) rate(r *Row, keys ...string) float64 {
	if r == nil {
		return 0
	}
	work := 0.0
	for _, key := range keys {
		work += r.number(key)
	}
	if r.Lang == parallel {
		work *= l.threads
	}
	return work / measure.Median(r.Wall()).Median
}

// limit is the least time, in ns in each round, that a row's operation could take, with the work that binds it.
type limit struct {
	times        []float64
	bytes, flops float64
}

// binding returns the limit that binds a row: moving its bytes once, or its floating-point operations. There is
// none if the row has no work, or if the record does not hold what all of its work is held against: a move of the
// same traffic, and the processor's peak, in as many rounds.
//
// A parallel row is held against the faster of as many threads and of one: where the other cores are taken away
// meanwhile, threads are no help.
func (l *limits) binding(r *Row) (limit, bool) {
	moving, computing := limit{bytes: r.number("reads") + r.number("writes")}, limit{flops: r.number("flops")}
	for _, lang := range []string{serial, parallel} {
		threads := 1.0
		if lang == parallel {
			threads = l.threads
		}
		if lang == parallel && !r.Parallel() {
			continue
		}
		moving.consider(l.move(lang, r), r, 1)
		for _, n := range []string{"scalar", "vector"} {
			if peak := l.find("muladd", lang, n); peak != nil {
				computing.consider(peak, r, computing.flops/(threads*peak.number("flops")))
			}
		}
	}
	switch {
	case moving.bytes+computing.flops == 0, moving.bytes > 0 && moving.times == nil, computing.flops > 0 && computing.times == nil:
		return limit{}, false
	case moving.bytes == 0, computing.flops > 0 && middleOf(computing.times) > middleOf(moving.times):
		return computing, true
	}
	return moving, true
}

// consider makes l that of so many operations of m, if m was measured in r's rounds and they take less.
func (l *limit) consider(m, r *Row, operations float64) {
	if m == nil || len(m.Samples) != len(r.Samples) {
		return
	}
	times := m.Wall()
	for k := range times {
		times[k] *= operations
	}
	if l.times == nil || middleOf(times) < middleOf(l.times) {
		l.times = times
	}
}

// traffic returns what an operation of a row moves, as the row's name or its problem's facts say.
func (r *Row) traffic() [3]float64 {
	return [3]float64{r.number("set"), r.number("reads"), r.number("writes")}
}

// move returns the fastest form of moving what a row moves, on the threads of lang; nil if the record has none.
func (l *limits) move(lang string, of *Row) *Row {
	var best *Row
	for _, r := range l.rows {
		if r.Kernel == study.MoveName && r.Lang == lang && r.traffic() == of.traffic() &&
			(best == nil || middleOf(r.Wall()) < middleOf(best.Wall())) {
			best = r
		}
	}
	return best
}

// share returns which part of its time a row would take at its limit, with the limit, if there is one.
func (l *limits) share(r *Row) (measure.Interval, limit, bool) {
	bound, ok := l.binding(r)
	if !ok {
		return measure.Interval{}, limit{}, false
	}
	return measure.Ratio(bound.times, r.Wall()), bound, true
}

// beyond reports whether a share is above 100 % with its whole interval: then what was measured is no limit.
func beyond(share measure.Interval) bool { return share.Lo > 1 }

// shareText returns "47% ± 1%", half the interval in hundredths of the limit, and a mark if it is beyond 100 %.
func shareText(share measure.Interval) string {
	half := "?"
	if !math.IsInf(share.Lo, 0) {
		half = fmt.Sprintf("%.0f", 100*(share.Hi-share.Lo)/2)
	}
	mark := ""
	if beyond(share) {
		mark = "^"
	}
	return fmt.Sprintf("%.0f%% ± %s%%%s", 100*share.Median, half, mark)
}

// printLimits prints the limits, if the record has any.
func (p *printer) printLimits() {
	l := p.limits
	if !l.any() {
		return
	}
	pair := func(of func(lang string) float64) string {
		one, all := of(serial), of(parallel)
		if all == 0 {
			return significant(one)
		}
		return significant(one) + " / " + significant(all)
	}
	var levels []string
	for _, r := range l.rows {
		if r.Kernel == "read" && r.Lang == serial && !slices.Contains(levels, r.N) {
			levels = append(levels, r.N)
		}
	}
	t := p.newTable()
	header := table.Row{"GB/s"}
	configs := []table.ColumnConfig{}
	for k, level := range levels {
		name := level
		if set := l.find("read", serial, level).number("set"); set > 0 {
			name += " (" + binary(set) + ")"
		}
		header = append(header, name)
		configs = append(configs, table.ColumnConfig{Number: k + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(configs)
	for _, kernel := range []string{"read", "write", "copy"} {
		line := table.Row{kernel}
		for _, level := range levels {
			line = append(line, pair(func(lang string) float64 { return l.bandwidth(kernel, lang, level) }))
		}
		t.AppendRow(line)
	}
	title := "Limits of this machine, measured in the same rounds"
	if l.find("muladd", parallel, "vector") != nil {
		title += fmt.Sprintf(": one thread / %.0f threads", l.threads)
	}
	if levels == nil { // the caches' sizes were unknown
		fmt.Fprintf(p, "%s\n", title)
	} else {
		p.render(title, t)
	}
	p.printMoves()
	fmt.Fprintf(p, "Independent multiplications and additions, Gflop/s: scalar %s, widest vectors %s.\n",
		pair(func(lang string) float64 { return l.peak(lang, "scalar") }),
		pair(func(lang string) float64 { return l.peak(lang, "vector") }))
	var latencies []string
	for _, latency := range []struct{ kernel, lang, what string }{
		{"loop", "go", "an empty loop's turn"}, {"call", "go", "a Go call"}, {"call", "c", "a C call from C"},
		{"atomic", "go", "an atomic addition"}, {"switch", "go", "a goroutine switch"},
	} {
		if r := l.find(latency.kernel, latency.lang, "1"); r != nil {
			latencies = append(latencies, latency.what+" "+significant(measure.Median(r.Wall()).Median))
		}
	}
	fmt.Fprintf(p, "ns (calls and the addition with their loop): %s.\n\n", strings.Join(latencies, ", "))
}

// printMoves prints the limits of moving data that shares are of, if the record has them.
func (p *printer) printMoves() {
	l := p.limits
	t := p.newTable()
	t.AppendHeader(table.Row{"as", "set", "read", "written", "GB/s", "fastest"})
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 2, Align: text.AlignRight, AlignHeader: text.AlignRight}, {Number: 3, Align: text.AlignRight, AlignHeader: text.AlignRight},
		{Number: 4, Align: text.AlignRight, AlignHeader: text.AlignRight}, {Number: 5, Align: text.AlignRight, AlignHeader: text.AlignRight},
	})
	var shown [][3]float64
	for _, m := range l.rows {
		traffic := m.traffic()
		if m.Kernel != study.MoveName || slices.Contains(shown, traffic) {
			continue
		}
		shown = append(shown, traffic)
		var problems, rates, forms []string
		for k := range p.record.Rows {
			r := &p.record.Rows[k]
			if name := strings.TrimSpace(r.Kernel + " " + r.Layout); r.Study != study.LimitsName && r.traffic() == traffic && !slices.Contains(problems, name) {
				problems = append(problems, name)
			}
		}
		for _, lang := range []string{serial, parallel} {
			if best := l.move(lang, m); best != nil {
				rates = append(rates, significant((traffic[1]+traffic[2])/measure.Median(best.Wall()).Median))
				forms = append(forms, best.Facts["form"])
			}
		}
		t.AppendRow(table.Row{strings.Join(problems, ", "), binary(traffic[0]), binary(traffic[1]), binary(traffic[2]), strings.Join(rates, " / "), strings.Join(forms, " / ")})
	}
	if shown != nil {
		p.render("Limits of moving data as the problems do: the fastest of several loops", t)
	}
}

// binary returns a number of bytes with its unit.
func binary(bytes float64) string {
	for _, unit := range []string{"B", "KiB", "MiB"} {
		if bytes < 1024 {
			return fmt.Sprintf("%.4g %s", bytes, unit)
		}
		bytes /= 1024
	}
	return fmt.Sprintf("%.4g GiB", bytes)
}
