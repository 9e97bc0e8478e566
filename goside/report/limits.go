// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
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

// limit is the least time, in ns, that a row's operation could take, with the work that binds it.
type limit struct{ time, bytes, flops float64 }

// binding returns the limit that binds a row: moving its data once, or its floating-point operations in the
// widest vectors. It is zero if the record has no limits, or the row no work.
func (l *limits) binding(r *Row) limit {
	lang := serial
	if r.Parallel() && l.threads > 1 {
		lang = parallel
	}
	var moving, computing limit
	reads, writes := r.number("reads"), r.number("writes")
	level := l.level(reads + writes)
	if read, write, both := l.bandwidth("read", lang, level), l.bandwidth("write", lang, level), l.bandwidth("copy", lang, level); read > 0 && write > 0 && both > 0 {
		copied := min(reads, writes)
		moving = limit{time: 2*copied/both + (reads-copied)/read + (writes-copied)/write, bytes: reads + writes}
	}
	flops := r.number("flops")
	if peak := l.peak(lang, "vector"); peak > 0 {
		computing = limit{time: flops / peak, flops: flops}
	}
	if moving.time > computing.time {
		return moving
	}
	return computing
}

// level returns the first cache that holds so many bytes, or memory.
func (l *limits) level(bytes float64) string {
	for _, level := range []string{"L1", "L2", "L3"} {
		if bytes <= l.caches[level] {
			return level
		}
	}
	return "memory"
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
