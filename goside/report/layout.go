// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
	"toll/goside/study"
)

// layoutStudies are those of toll layout.
var layoutStudies = []string{study.LoopsName, study.PointsName, study.TransposeName, study.WaysName, study.MatricesName, study.FrameName, study.MissesName}

// OfLayout reports whether a record is one of toll layout.
func OfLayout(record *Record) bool {
	return slices.ContainsFunc(record.Rows, func(r Row) bool { return slices.Contains(layoutStudies, r.Study) })
}

// Layout prints the tables of a record of toll layout, each with a sentence that says what it shows.
func Layout(w io.Writer, record *Record, style Style) {
	p := &printer{w, style, record, record.limits()}
	if style.Brief {
		layoutSummary(p)
		return
	}
	if style.Markdown {
		layoutDocument(p)
		layoutSummary(p)
	}
	for _, section := range []func(*printer){loopOrder, layoutClaims, causes, ways, transposers, given, matrices, points} {
		section(p)
	}
	if !style.Markdown { // where what comes last is what one sees
		layoutSummary(p)
	}
	p.foot()
}

// layoutDocument prints what the page has before its tables.
func layoutDocument(p *printer) {
	get := p.record.Get
	fmt.Fprintf(p, "Made by `build/bin/toll show --markdown %s > %s` from the record of `build/bin/toll layout --full --cachegrind -o %s`.\n\n",
		p.Source, path.Join(path.Dir(p.Source), "LAYOUT.md"), p.Source)
	fmt.Fprintf(p, "# Row- against column-major\n\n")
	fmt.Fprintf(p, "What it costs to walk a matrix the wrong way, what a border makes of a matrix in the wrong layout, and when to transpose first. "+
		"Every row gave the reference's bits on matrices of its own size before it was timed. [METHODOLOGY.md](../METHODOLOGY.md) says how it is measured and what is "+
		"weak about it; `build/bin/toll layout` measures it on your machine in less than three minutes.\n\n")
	fmt.Fprintf(p, "Machine: %s, %s cores, %s; %s. Caches, in bytes: %s; transparent huge pages: %s. Toll %s, %s.\n\n", get("cpu"), get("cores"), get("os"), get("go"),
		get("caches"), get("hugepages"), get("revision"), get("date"))
}

// picture prints, in a page, the picture of that name that toll draw layout makes beside the record.
func (p *printer) picture(name, alt string) {
	if p.Markdown {
		fmt.Fprintf(p, "![%s](%s.svg)\n\n", alt, name)
	}
}

// factor shows one: "41", "3.9", "1.02".
func factor(x float64) string {
	switch {
	case x >= 9.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 1.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// shade shows a factor behind a mark that is the darker the larger it is.
func shade(x float64) string {
	marks := []struct {
		from float64
		mark string
	}{{16, "█"}, {8, "▓"}, {4, "▒"}, {2, "░"}, {0, " "}}
	for _, m := range marks {
		if x >= m.from {
			return strings.TrimSpace(m.mark + " " + factor(x))
		}
	}
	return factor(x)
}

const shades = "░ from 2, ▒ from 4, ▓ from 8, █ from 16"

func squares(n int) string { return fmt.Sprintf("%d²", n) }

var ldNames = map[string]string{study.UnitLD: "unpadded", study.PaddedLD: "padded", study.PowerLD: "power of two"}

func loopOrder(p *printer) {
	t := p.record.walks(true)
	if len(t.kernels) == 0 {
		return
	}
	p.heading("The wrong loop order")
	p.explain("Squares that lie row- or column-major, walked by loops that are matched, the inner one along a line of memory, or interchanged, so that each of its steps goes " +
		"on by a whole leading dimension. That is the line's length (unpadded), the next odd number of cache lines (padded), or the next power of two. Sides that are powers of two " +
		"are themselves one, so there unpadded and power of two are the same. The kernels are those of the other studies, and each walk gives their bits.")
	for _, kernel := range t.kernels {
		p.picture("layout-"+kernel, "Time of an element of "+kernel+" over the side of the square, for each language and each walk")
	}
	p.picture("layout-penalty", "How many times as long the interchanged loops take, as a heat map")
	if p.Markdown {
		fmt.Fprintf(p, "The pictures, these and the one below, are made by `build/bin/toll draw layout %s -o %s`.\n\n", p.Source, path.Dir(p.Source))
	}
	for _, kernel := range t.kernels {
		p.penaltyTable(t, kernel)
		p.walkTimes(t, kernel)
	}
}

func (p *printer) penaltyTable(t *walks, kernel string) {
	header := []string{"language, layout, leading dimension"}
	for _, n := range t.sizes {
		header = append(header, squares(n))
	}
	var lines [][]string
	for _, lang := range t.langs {
		for _, layout := range bothLayouts {
			for _, ld := range leadingDimensions {
				line, any := []string{fmt.Sprintf("%s, %s, %s", lang, layoutNames[layout], ldNames[ld])}, false
				for _, n := range t.sizes {
					cell := ""
					if i, ok := t.penalty(lang, study.Walk{Kernel: kernel, Layout: layout, LD: ld, N: n}); ok {
						cell, any = shade(i.Median), true
						if !i.Differs(t.floor(kernel, n)) {
							cell = "~" + cell
						}
					}
					line = append(line, cell)
				}
				if any {
					lines = append(lines, line)
				}
			}
		}
	}
	if lines == nil {
		return
	}
	p.grid(fmt.Sprintf("%s: how many times as long interchanged loops take (%s; ~: no difference)", kernel, shades), header, lines)
	p.say("%s", t.sayPenalty(kernel))
	if said := t.sayFaster(kernel); said != "" {
		p.say("%s", said)
	}
}

// sayPenalty says what the table of penalties shows.
func (t *walks) sayPenalty(kernel string) string {
	var said []string
	for _, lang := range t.serial() {
		worst, at, ok := t.worst(kernel, lang, study.PowerLD)
		padded, atPadded, okPadded := t.worst(kernel, lang, study.PaddedLD)
		if ok && okPadded {
			said = append(said, fmt.Sprintf("in %s %s times (%s) and %s (%s)", lang, factor(worst), where(at), factor(padded), where(atPadded)))
		}
	}
	if said == nil {
		return "The record has too few walks to tell."
	}
	return "The wrong order takes at worst so many times as long, first where the leading dimension is a power of two, then where it is padded: " + strings.Join(said, "; ") + "."
}

// fasterWhy says, of kernels of which it is known, why interchanged loops may be the faster ones.
var fasterWhy = map[string]string{
	"ols": " There a matched sum is one chain of additions, each waiting for the last; interchanged loops sum many rows at once.",
}

// sayFaster says how much faster interchanged loops are where a matrix is row-major, or nothing if they never are.
func (t *walks) sayFaster(kernel string) string {
	var said []string
	for _, lang := range t.serial() {
		if times, at, ok := t.fastest(kernel, lang); ok {
			said = append(said, fmt.Sprintf("in %s up to %s times as fast (%s, %s)", lang, factor(times), squares(at.N), ldNames[at.LD]))
		}
	}
	if said == nil {
		return ""
	}
	return "Where the matrix is row-major, interchanged loops are faster at some sizes: " + strings.Join(said, "; ") + "." + fasterWhy[kernel]
}

// walkTimes prints the times themselves: of the baseline's language, or in a page of all.
func (p *printer) walkTimes(t *walks, kernel string) {
	header := []string{"ns, row-major"}
	for _, n := range t.sizes {
		header = append(header, squares(n))
	}
	op := "element"
	var lines [][]string
	fastest, slowest := math.Inf(1), 0.0
	for _, lang := range t.langs {
		if lang != t.baseline && !p.Markdown {
			continue
		}
		for _, interchanged := range []bool{false, true} {
			for _, ld := range leadingDimensions {
				line, any := []string{""}, false
				for _, n := range t.sizes {
					w := study.Walk{Kernel: kernel, Interchanged: interchanged, LD: ld, N: n}
					cell := ""
					if r := t.find(lang, w); r != nil {
						wall := measure.Median(r.Wall()).Median
						cell, any = significant(wall), true
						if said := r.Facts["op"]; said != "" {
							op = said
						}
						if lang == t.baseline {
							fastest, slowest = min(fastest, wall), max(slowest, wall)
						}
					}
					line = append(line, cell)
					line[0] = fmt.Sprintf("%s, %s, %s", lang, w.Loops(), ldNames[ld])
				}
				if any {
					lines = append(lines, line)
				}
			}
		}
	}
	if lines == nil {
		return
	}
	p.grid(fmt.Sprintf("%s: ns %s; small squares are walked often enough in a call that the crossing hardly counts", kernel, withArticle(op)), header, lines)
	if slowest == 0 { // of the baseline's language there is only the other layout
		return
	}
	p.say("In %s %s takes between %s and %s, by where it lies and how one comes to it.", t.baseline, withArticle(op), nanoseconds(fastest), nanoseconds(slowest))
}

// withArticle returns a word with its article.
func withArticle(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// claims about layout, of the book's chapter on compiling to C, each with by how much and from what size.
func layoutClaims(p *printer) {
	var lines [][]string
	t := p.record.walks(true)
	for _, kernel := range t.kernels {
		for _, lang := range t.serial() {
			var by, from []string
			major := false
			for _, ld := range []string{study.PowerLD, study.PaddedLD} {
				worst, at, ok := t.worst(kernel, lang, ld)
				if !ok {
					continue
				}
				by = append(by, fmt.Sprintf("%s: up to %s times (%s)", ldNames[ld], factor(worst), where(at)))
				if n, ok := t.from(kernel, lang, ld, majorPenalty); ok {
					from = append(from, fmt.Sprintf("%s: %s", ldNames[ld], squares(n)))
					major = true
				} else {
					from = append(from, ldNames[ld]+": not up to "+squares(t.sizes[len(t.sizes)-1]))
				}
			}
			if by == nil {
				continue
			}
			lines = append(lines, []string{"The wrong loop order costs a major performance penalty.", kernel + " in " + lang, strings.Join(by, "; "), strings.Join(from, "; "), verdict(major)})
		}
	}
	lines = append(lines, p.fortranClaim()...)
	if lines == nil {
		return
	}
	p.heading("Two claims of the book")
	p.texts([]string{"claim", "for", "by how much, here", "at least twice as long from", "verdict"}, lines)
	held := 0
	for _, line := range lines {
		if line[len(line)-1] == "holds" {
			held++
		}
	}
	p.say("Of these %d rows, the claim holds in %d. From a size on means at that size and all larger ones that were measured.", len(lines), held)
}

// majorPenalty is what is taken for major: twice as long.
const majorPenalty = 2

// fortran returns how many times as long Fortran takes as C on a row-major matrix where it lies.
func (t *walks) fortran(kernel string, n int) (measure.Interval, bool) {
	walk := study.Walk{Kernel: kernel, LD: study.UnitLD, N: n}
	fortran, c := t.find("fortran", walk), t.find("c", walk)
	if fortran == nil || c == nil || len(fortran.Samples) != len(c.Samples) {
		return measure.Interval{}, false
	}
	return measure.Ratio(fortran.Wall(), c.Wall()), true
}

// fortranSlower reports whether Fortran is so much slower than C that a copy may be worth it.
func fortranSlower(ratio measure.Interval) bool { return ratio.Lo > 1.5 }

// fortranClaim says whether C's arrays must be copied for Fortran.
func (p *printer) fortranClaim() [][]string {
	const claim = "Fortran is column-major, so that C arrays must be copied."
	var lines [][]string
	t := p.record.walks(true)
	for _, kernel := range t.kernels {
		var by []string
		slower := false
		for _, n := range t.sizes {
			ratio, ok := t.fortran(kernel, n)
			if !ok || n != 128 && n != 512 && n != 2048 && n != 8192 {
				continue
			}
			by = append(by, fmt.Sprintf("%s (%s)", factor(ratio.Median), squares(n)))
			slower = slower || fortranSlower(ratio)
		}
		if by == nil {
			continue
		}
		found := "does not hold: Fortran reads it where it lies, by loops in the other order"
		if slower {
			found = "holds"
		}
		lines = append(lines, []string{claim, kernel + ", a row-major array where it lies", "Fortran takes " + joined(by) + " times C's time", "-", found})
	}
	w := p.wayRows()
	var by, from []string
	for _, n := range w.sizes("diffusion") {
		copied, plain := w.find("diffusion", "f2py-copy/cpython", n, study.WayCopied, 1), w.find("diffusion", "f2py/cpython", n, study.WayMatched, 1)
		if copied == nil || plain == nil || len(copied.Samples) != len(plain.Samples) {
			continue
		}
		ratio := measure.Ratio(copied.Wall(), plain.Wall())
		by = append(by, fmt.Sprintf("%s (%s)", factor(ratio.Median), squares(n)))
		switch {
		case ratio.Median < majorPenalty:
			from = nil
		case from == nil:
			from = []string{squares(n)}
		}
	}
	if by != nil {
		lines = append(lines, []string{"f2py silently copies a C-ordered array.", "diffusion, a step by f2py", "with its copies " + joined(by) + " times as long as without", strings.Join(append(from, "-")[:1], ""),
			verdict(len(from) > 0)})
	}
	return lines
}

// cacheGeometry returns the levels of caches that a record names, and their line.
func (p *printer) cacheGeometry() (levels []string, caches map[string]study.Cache) {
	line, err := strconv.Atoi(p.record.Get("cache-line"))
	if err != nil || line < 8 {
		line = 64
	}
	caches = map[string]study.Cache{}
	for _, level := range []string{"L1", "L2", "L3"} {
		if bytes := p.limits.caches[level]; bytes > 0 {
			levels = append(levels, level)
			caches[level] = study.Cache{Bytes: int(bytes), Line: line}
		}
	}
	return levels, caches
}
