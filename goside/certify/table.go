// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package certify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Column is a certificate in a table.
type Column struct {
	Name, File  string
	Certificate *Certificate
}

// crossings are the rows of a table that come first, in this order; others follow.
var crossings = []string{"direct", "cgo", "trampoline", "purego", "syscalln", "wasm", "cpython", "process", "socket", "shm", "shm-spin", "netlib"}

// vias returns the crossings of the certificates, in order.
func vias(columns []Column) (vias []string) {
	for _, c := range columns {
		for k := range c.Certificate.Routes {
			if via := c.Certificate.Routes[k].Via(); !slices.Contains(vias, via) {
				vias = append(vias, via)
			}
		}
	}
	at := func(via string) int {
		if k := slices.Index(crossings, via); k >= 0 {
			return k
		}
		return len(crossings)
	}
	slices.SortStableFunc(vias, func(a, b string) int { return cmp.Compare(at(a), at(b)) })
	return vias
}

// Table returns a table in Markdown: a row for each crossing, a column for each certificate. A cell has how many languages
// were verified. Below it is why others are not there. The levels of the tuned languages are not counted.
func Table(columns []Column) string {
	var b strings.Builder
	b.WriteString("| crossing |")
	for _, c := range columns {
		fmt.Fprintf(&b, " [%s](%s) |", c.Name, c.File)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---:|", len(columns)) + "\n")
	var notes notes
	for _, via := range vias(columns) {
		fmt.Fprintf(&b, "| `%s` |", via)
		for _, c := range columns {
			fmt.Fprintf(&b, " %s |", c.cell(via, &notes))
		}
		b.WriteString("\n")
	}
	b.WriteString("\nA cell has how many languages were verified by every problem of the suite. –: none.\n\n")
	for _, c := range columns {
		fmt.Fprintf(&b, "- **%s**: %s.\n", c.Name, c.about())
	}
	b.WriteString(notes.text())
	return b.String()
}

// Languages returns a table in Markdown: a row for each language, a column for each crossing. A cell has the numbers of the
// certificates in which this route was verified.
func Languages(columns []Column) string {
	verified := map[string][]int{} // by route, the numbers of certificates
	var langs []string
	for n, c := range columns {
		for k := range c.Certificate.Routes {
			r := &c.Certificate.Routes[k]
			if levelled(r.Lang()) {
				continue
			}
			if !slices.Contains(langs, r.Lang()) {
				langs = append(langs, r.Lang())
			}
			if r.State == Same || r.State == Bounded {
				verified[r.Name] = append(verified[r.Name], n+1)
			}
		}
	}
	var b strings.Builder
	for n, c := range columns {
		fmt.Fprintf(&b, "%d. [%s](%s)\n", n+1, c.Name, c.File)
	}
	all := vias(columns)
	b.WriteString("\n| language |")
	for _, via := range all {
		fmt.Fprintf(&b, " %s |", via)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(all)) + "\n")
	for _, lang := range langs {
		fmt.Fprintf(&b, "| %s |", lang)
		for _, via := range all {
			fmt.Fprintf(&b, " %s |", numbers(verified[lang+"/"+via]))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// numbers returns numbers in ascending order as "1–3, 5".
func numbers(all []int) string {
	var runs []string
	for k := 0; k < len(all); {
		last := k
		for last+1 < len(all) && all[last+1] == all[last]+1 {
			last++
		}
		if run := fmt.Sprint(all[k]); last == k {
			runs = append(runs, run)
		} else {
			runs = append(runs, fmt.Sprintf("%s–%d", run, all[last]))
		}
		k = last + 1
	}
	return strings.Join(runs, ", ")
}

// about says of what machine and build a certificate is.
func (c *Column) about() string {
	cert := c.Certificate
	says := fmt.Sprintf("%d problems, %s, %s, %s", len(cert.Problems), cert.Fact("system"), cert.Fact("build"), cert.Fact("go"))
	if by := cert.Fact("emulated"); by != "" {
		says += ", emulated by " + by
	}
	for k := range cert.Routes {
		if r := &cert.Routes[k]; r.Name == "c/cgo" || r.Name == "c/trampoline" || r.Name == "c/wasm" {
			if r.State != Unavailable {
				return says + "; C: " + r.Says
			}
		}
	}
	return says
}

// cell returns how many languages were verified by a crossing, and notes those that were not.
func (c *Column) cell(via string, n *notes) string {
	verified, bad := 0, 0
	for k := range c.Certificate.Routes {
		r := &c.Certificate.Routes[k]
		if r.Via() != via || levelled(r.Lang()) {
			continue
		}
		switch r.State {
		case Same, Bounded:
			verified++
		case Differs:
			bad++
		case Unavailable:
			n.add(c.Name, r)
		}
	}
	switch {
	case bad > 0:
		return fmt.Sprintf("%d, **%d differ**", verified, bad)
	case verified == 0:
		return "–"
	}
	return fmt.Sprint(verified)
}

// levelled reports whether the language is one level of a tuned one, or a rung to it.
func levelled(lang string) bool {
	return slices.ContainsFunc([]string{"-baseline", "-avx2", "-avx512", "-rung1", "-rung2"},
		func(suffix string) bool { return strings.HasSuffix(lang, suffix) })
}

// notes are why routes are not there: by reason, the routes; by these, the columns.
type notes struct {
	order []string
	of    map[string]map[string][]string
}

func (n *notes) add(column string, r *Route) {
	if n.of == nil {
		n.of = map[string]map[string][]string{}
	}
	if n.of[r.Says] == nil {
		n.order = append(n.order, r.Says)
		n.of[r.Says] = map[string][]string{}
	}
	n.of[r.Says][column] = append(n.of[r.Says][column], r.Name)
}

func (n *notes) text() string {
	var b strings.Builder
	for _, why := range n.order {
		at := map[string][]string{} // by what is not there, the columns
		for _, column := range sorted(n.of[why]) {
			what := missing(n.of[why][column])
			at[what] = append(at[what], column)
		}
		for _, what := range sorted(at) {
			fmt.Fprintf(&b, "- Not there at %s: %s. The reason: %s.\n", strings.Join(at[what], ", "), what, strings.TrimSuffix(why, "."))
		}
	}
	return b.String()
}

// missing names routes, or if they are many, says how many there are of each crossing.
func missing(routes []string) string {
	if len(routes) <= 3 {
		return strings.Join(routes, ", ")
	}
	vias := map[string]int{}
	for _, r := range routes {
		_, via, _ := strings.Cut(r, "/")
		vias[via]++
	}
	var all []string
	for _, via := range sorted(vias) {
		plural := "s"
		if vias[via] == 1 {
			plural = ""
		}
		all = append(all, fmt.Sprintf("%d language%s by %s", vias[via], plural, via))
	}
	return strings.Join(all, ", ")
}
