// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package compilers

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var texts string

var prose = page.NewProse(texts)

// languages are those of builds, as a reader calls them.
var languages = []struct{ lang, title string }{
	{"c", "C"}, {"c-simd", "C in vectors"}, {"fortran", "Fortran"}, {"rust", "Rust"}, {"go", "Go"},
}

// kernels are those that are timed.
var kernels = []string{"diffusion", "julia", "ols"}

// of are a build's rows.
type of struct {
	lang, name string
	rows       []*record.Row // by kernel; nil where there is none
}

// any returns one of the rows.
func (b *of) any() *record.Row {
	return b.rows[slices.IndexFunc(b.rows, func(r *record.Row) bool { return r != nil })]
}

func (b *of) rule() string { return b.any().Facts["rule"] }

// wrong reports whether results differ from the reference's.
func (b *of) wrong() bool {
	return b.any().Facts["differs"] != "" || slices.ContainsFunc(b.rows, func(r *record.Row) bool { return r != nil && differing(r) })
}

// differing reports whether results of the row's kernel differ.
func differing(r *record.Row) bool { return !strings.HasPrefix(r.Facts["bits"], "0 of ") }

// compiler returns what compiled it: "GCC 12.2.0".
func (b *of) compiler() string {
	name := shortened(b.any().Facts["compiler"])
	if b.lang == "fortran" {
		name = strings.Replace(name, "GCC ", "GFortran ", 1)
	}
	return name
}

// flags returns its flags, without the one that all have which keep the rule.
func (b *of) flags() string {
	flags := b.any().Facts["flags"]
	if b.rule() == keeps {
		flags = strings.Join(strings.Fields(strings.ReplaceAll(flags, "-ffp-contract=off", "")), " ")
	}
	return flags
}

// named returns the compiler with its flags, in words.
func (b *of) named() string { return fmt.Sprintf("%s with %s", b.compiler(), b.flags()) }

// builds returns those of a language, in the record's order, of which keep says so.
func builds(p *page.Page, lang string, keep func(b *of) bool) []*of {
	var all []*of
	for _, r := range p.Rows(benchmark) {
		if r.Lang != lang || r.Entry != "" {
			continue
		}
		at := slices.IndexFunc(all, func(b *of) bool { return b.name == r.Get("build") })
		if at < 0 {
			at = len(all)
			all = append(all, &of{lang, r.Get("build"), make([]*record.Row, len(kernels))})
		}
		if k := slices.Index(kernels, r.Kernel); k >= 0 {
			all[at].rows[k] = r
		}
	}
	return slices.DeleteFunc(all, func(b *of) bool { return !keep(b) })
}

func all(*of) bool { return true }

// release matches the number of a compiler's release.
var release = regexp.MustCompile(`\d+\.\d+(\.\d+)?`)

// shortened returns a compiler's name and release.
func shortened(said string) string {
	lower := strings.ToLower(said)
	for _, known := range []struct{ word, name string }{
		{"flang", "Flang"}, {"clang", "Clang"}, {"rustc", "rustc"}, {"gccgo", "gccgo"}, {"gcc", "GCC"}, {"gnu", "GCC"}, {"go", "Go"},
	} {
		if strings.Contains(lower, known.word) {
			name := known.name + " " + release.FindString(said)
			if strings.Contains(lower, "nightly") {
				name += " nightly"
			}
			return name
		}
	}
	return said
}

// held returns the default's row that a row is held to, and the noise floor.
func held(rows []*record.Row, r *record.Row) (base *record.Row, floor float64) {
	var alike []*record.Row
	for _, other := range rows {
		if other.Kernel == r.Kernel && other.Lang == r.Lang {
			alike = append(alike, other)
		}
	}
	return record.First(alike, "/build:%s", standard), record.Floor(alike)
}

// figure shows whether a row's results are identical, and its time: the default's, or relative to it.
func figure(rows []*record.Row, r *record.Row) page.Cell {
	if r == nil {
		return page.Cell{}
	}
	mark := "= "
	if differing(r) {
		mark = "≠ "
	}
	base, floor := held(rows, r)
	if r.Get("build") == standard {
		return page.Figure(mark+page.TimeAndSpread(measure.Median(r.Wall())), r)
	}
	effect, ok := record.EffectOf(r, base, floor)
	if !ok {
		return page.Figure(mark+page.TimeAndSpread(measure.Median(r.Wall())), r)
	}
	return page.Figure(mark+page.Relative(effect.Ratio, effect.Differs), r, base)
}

// flagsCell shows a build's flags.
func flagsCell(p *page.Page, b *of) page.Cell {
	switch flags := b.flags(); {
	case flags == "":
		return page.Word("as scripts/build.sh has them")
	case b.lang == "c-simd" && b.name != standard:
		return page.Word("the same")
	case !p.Markdown && p.HTML == nil: // a terminal is narrower than a page
		return page.Word(text.WrapSoft(flags, 32))
	default:
		return page.Word("`" + flags + "`")
	}
}

// line returns a build's line in a table.
func line(p *page.Page, b *of, more ...string) []page.Cell {
	cells := append(page.Words(b.compiler()), flagsCell(p, b))
	cells = append(cells, page.Words(more...)...)
	for _, r := range b.rows {
		cells = append(cells, figure(p.Rows(benchmark), r))
	}
	return cells
}

// keeping prints the builds that keep the rule.
func keeping(p *page.Page) {
	told := false
	for _, l := range languages {
		var lines [][]page.Cell
		shown := builds(p, l.lang, func(b *of) bool { return b.rule() == keeps })
		if len(shown) == 0 {
			continue
		}
		if !told {
			told = true
			p.Heading("Builds that keep the rule")
			p.Tell(prose, "keeping", map[string]any{"Rounds": page.InRounds(shown[0].any()), "Cases": cases(shown[0])})
		}
		for _, b := range shown {
			lines = append(lines, line(p, b))
		}
		p.Subheading(l.title)
		var floors []string
		for _, r := range shown[0].rows {
			if r != nil {
				_, floor := held(p.Rows(benchmark), r)
				floors = append(floors, r.Kernel+" "+page.FloorText(floor))
			}
		}
		p.Table(&page.Table{Header: append([]string{"compiler", "flags"}, kernels...), Lines: lines, Left: 2})
		p.Say("Noise floors: %s.", strings.Join(floors, ", "))
		if differ := failures(shown); differ != nil {
			p.List(differ)
		}
		if l.lang == "go" {
			p.Tell(prose, "go", nil)
		}
	}
}

// cases says in how many cases each kernel of a build was verified.
func cases(b *of) string {
	var says []string
	for _, r := range b.rows {
		if r != nil {
			_, n, _ := strings.Cut(r.Facts["bits"], " of ")
			says = append(says, n+" of "+r.Kernel)
		}
	}
	return page.Joined(says)
}

// failures says of each build that is wrong in how many cases, and which comes first.
func failures(of []*of) []string {
	var says []string
	for _, b := range of {
		if !b.wrong() {
			continue
		}
		var counts []string
		for _, r := range b.rows {
			if r != nil && differing(r) {
				counts = append(counts, r.Kernel+" differs in "+r.Facts["bits"]+" cases")
			}
		}
		if counts == nil {
			counts = []string{"the sum of an array differs"}
		}
		says = append(says, fmt.Sprintf("%s: %s. The first: %s.", b.named(), page.Joined(counts), b.any().Facts["differs"]))
	}
	return says
}

// counts prints of each build that is wrong in how many cases of each kernel.
func counts(p *page.Page, of []*of) {
	var lines [][]page.Cell
	for _, b := range of {
		if !b.wrong() {
			continue
		}
		cells := append(page.Words(b.compiler()), flagsCell(p, b))
		for _, r := range b.rows {
			if r == nil {
				cells = append(cells, page.Cell{})
			} else {
				cells = append(cells, page.Figure(r.Facts["bits"], r))
			}
		}
		lines = append(lines, cells)
	}
	if lines == nil {
		return
	}
	p.Table(&page.Table{Title: "Cases that differ", Header: append([]string{"compiler", "flags"}, kernels...), Lines: lines, Left: 2})
}

// breaking prints the builds that break the rule, each before those that mend it.
func breaking(p *page.Page) {
	told := false
	for _, l := range languages {
		shown := builds(p, l.lang, func(b *of) bool { return b.rule() != keeps })
		if len(shown) == 0 {
			continue
		}
		if !told {
			told = true
			p.Heading("Flags that break the rule, and flags that mend it")
			p.Tell(prose, "breaking", nil)
		}
		var lines [][]page.Cell
		for _, b := range shown {
			does := "breaks"
			if b.rule() != breaks {
				does = "mends"
			} else if lines != nil {
				lines = append(lines, nil)
			}
			lines = append(lines, line(p, b, does))
		}
		p.Subheading(l.title)
		p.Table(&page.Table{Header: append([]string{"compiler", "flags", "rule"}, kernels...), Lines: lines, Left: 3})
		counts(p, shown)
		if differ := failures(shown); differ != nil {
			p.Say("For example: %s", differ[0])
		}
	}
	if opened := p.Record.Get("fp-environment"); told && strings.Contains(opened, "on the thread that opens it") {
		p.Tell(prose, "opened", nil)
		p.List(strings.Split(strings.TrimSuffix(opened, "; put back"), "; put back; "))
	}
}

// lacking prints what does not compile, and what was not there.
func lacking(p *page.Page) {
	var fails, lacks []string
	for _, lang := range []string{native[0], "go"} {
		if says := p.Record.Get("not-compiled-" + lang); says != "" {
			fails = append(fails, strings.Split(says, " | ")...)
		}
		if says := p.Record.Get("missing-" + lang); says != "" {
			lacks = append(lacks, says)
		}
	}
	if fails == nil && lacks == nil {
		return
	}
	p.Heading("What does not compile")
	if fails != nil {
		p.Tell(prose, "fails", nil)
		p.List(fails)
	}
	if lacks != nil {
		p.Say("Compilers were missing for these builds: %s.", strings.Join(lacks, ", "))
	}
}
