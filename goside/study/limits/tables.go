// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package limits

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// Print prints the limits, if the record has any.
func Print(p *page.Page) {
	l := p.Limits
	if p.Brief || !l.Any() {
		return
	}
	pair := func(of func(lang string) float64) string {
		one, all := of(record.SerialLang), of(record.ParallelLang)
		if all == 0 {
			return page.Significant(one)
		}
		return page.Significant(one) + " / " + page.Significant(all)
	}
	var levels []string
	for _, r := range l.Rows {
		if r.What() == "read" && r.Lang == record.SerialLang && !slices.Contains(levels, r.N) {
			levels = append(levels, r.N)
		}
	}
	t := p.NewTable()
	header := table.Row{"GB/s"}
	configs := []table.ColumnConfig{}
	for k, level := range levels {
		name := level
		if set := l.Find("read", record.SerialLang, level).Number("set"); set > 0 {
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
			line = append(line, pair(func(lang string) float64 { return l.Bandwidth(kernel, lang, level) }))
		}
		t.AppendRow(line)
	}
	title := "Limits of this machine, measured in the same rounds"
	if l.Find("muladd", record.ParallelLang, "vector") != nil {
		title += fmt.Sprintf(": one thread / %.0f threads", l.Threads)
	}
	if levels == nil { // the caches' sizes were unknown
		fmt.Fprintf(p, "%s\n", title)
	} else {
		p.Render(title, t)
	}
	printMoves(p)
	fmt.Fprintf(p, "Independent multiplications and additions, Gflop/s: scalar %s, widest vectors %s.\n",
		pair(func(lang string) float64 { return l.Peak(lang, "scalar") }),
		pair(func(lang string) float64 { return l.Peak(lang, "vector") }))
	var latencies []string
	for _, latency := range []struct{ kernel, lang, what string }{
		{"loop", "go", "an empty loop's turn"}, {"call", "go", "a Go call"}, {"call", "c", "a C call from C"},
		{"atomic", "go", "an atomic addition"}, {"switch", "go", "a goroutine switch"},
	} {
		if r := l.Find(latency.kernel, latency.lang, "1"); r != nil {
			latencies = append(latencies, latency.what+" "+page.Significant(measure.Median(r.Wall()).Median))
		}
	}
	fmt.Fprintf(p, "ns (calls and the addition with their loop): %s.\n\n", strings.Join(latencies, ", "))
}

// printMoves prints the limits of moving data that shares are of, if the record has them.
func printMoves(p *page.Page) {
	l := p.Limits
	t := p.NewTable()
	t.AppendHeader(table.Row{"as", "set", "read", "written", "GB/s", "fastest"})
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 2, Align: text.AlignRight, AlignHeader: text.AlignRight}, {Number: 3, Align: text.AlignRight, AlignHeader: text.AlignRight},
		{Number: 4, Align: text.AlignRight, AlignHeader: text.AlignRight}, {Number: 5, Align: text.AlignRight, AlignHeader: text.AlignRight},
	})
	var shown [][3]float64
	for _, m := range l.Rows {
		traffic := m.Traffic()
		if m.What() != record.MoveName || slices.Contains(shown, traffic) {
			continue
		}
		shown = append(shown, traffic)
		var problems, rates, forms []string
		for k := range p.Record.Rows {
			r := &p.Record.Rows[k]
			if name := strings.TrimSpace(r.What() + " " + r.Layout); r.Study != record.LimitsName && r.Traffic() == traffic && !slices.Contains(problems, name) {
				problems = append(problems, name)
			}
		}
		for _, lang := range []string{record.SerialLang, record.ParallelLang} {
			if best := l.Move(lang, m); best != nil {
				rates = append(rates, page.Significant((traffic[1]+traffic[2])/measure.Median(best.Wall()).Median))
				forms = append(forms, best.Facts["form"])
			}
		}
		t.AppendRow(table.Row{strings.Join(problems, ", "), binary(traffic[0]), binary(traffic[1]), binary(traffic[2]), strings.Join(rates, " / "), strings.Join(forms, " / ")})
	}
	if shown != nil {
		p.Render("Limits of moving data as the problems do: the fastest of several loops", t)
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
