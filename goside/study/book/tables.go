// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// bookTable is one of the book's tables, or one that it lacks.
type bookTable struct {
	title, kernel string
	from          string // the route with which others are compared in words
	each          string // what a time is of, if not of the whole problem
	rows          []bookRow
}

// bookRow is a row, in Python, of a table. Row-major is what the book's matrices are, where there are any.
type bookRow struct {
	what, lang string
	published  string  // seconds, as printed; "" if there are none
	times      float64 // or published as so many times the row of the language against
	against    string
	process    bool // not in this process
	columns    bool // column-major
}

// The published seconds are of M. Gorelick and I. Ozsvald, High Performance Python (O'Reilly): tables 7-1, 7-2 and 6-1,
// and the text about the last. Its rows come first and in its order; those without are Toll's. scikit-learn is compared
// with the lstsq that is given arrays, too, not Series.
var bookTables = []bookTable{
	{"Table 7-1: the Julia set without NumPy, 1000 x 1000 points, at most 300 iterations", "julia", "python/cpython", "", []bookRow{
		{what: "CPython", lang: "python", published: "5.80"},
		{what: "Cython", lang: "cython", published: "0.43"},
		{what: "Cython, expanded math", lang: "cython-expanded", published: "0.23"},
		{what: "PyPy", lang: "pypy", published: "0.90", process: true},
		{what: "PyPy, expanded math", lang: "pypy-expanded", published: "0.20", process: true},
		{what: "CPython, expanded math", lang: "python-expanded"},
		{what: "Cython, without types", lang: "cython-pure"},
	}},
	{"Table 7-2: the Julia set with NumPy arrays and expanded math", "julia", "python-numpy/cpython", "", []bookRow{
		{what: "CPython", lang: "python-numpy", published: "8.00"},
		{what: "Cython", lang: "cython-memoryview", published: "0.20"},
		{what: "Cython, OpenMP guided", lang: "cython-guided", published: "0.03"},
		{what: "Numba (second run)", lang: "numba-expanded", published: "0.19"},
		{what: "Numba, prange", lang: "numba-prange", published: "0.05"},
		{what: "NumPy, vectorised", lang: "numpy"},
		{what: "Cython, OpenMP static", lang: "cython-static"},
		{what: "Cython, OpenMP dynamic", lang: "cython-dynamic"},
		{what: "Numba, abs(z)", lang: "numba"},
		{what: "Pythran", lang: "pythran"},
		{what: "C by ctypes", lang: "ctypes"},
		{what: "C by cffi, ABI", lang: "cffi-abi"},
		{what: "C by cffi, API", lang: "cffi-api"},
		{what: "C as a CPython module", lang: "capi"},
		{what: "Fortran by f2py", lang: "f2py"},
		{what: "Rust by PyO3", lang: "pyo3"},
	}},
	{"Table 6-1: 100,000 lines fitted to 14 observations each", "ols", "lstsq-iloc/cpython", "", []bookRow{
		{what: "lstsq, iloc", lang: "lstsq-iloc", published: "7.3"},
		{what: "lstsq, iterrows", lang: "lstsq-iterrows", published: "7.9"},
		{what: "lstsq, apply", lang: "lstsq-apply", published: "3.9"},
		{what: "lstsq, apply(raw=True)", lang: "lstsq-apply-raw", published: "3.1"},
		{what: "scikit-learn", lang: "sklearn", times: 7, against: "lstsq-apply-raw"},
		{what: "lstsq, Numba, apply", lang: "lstsq-numba", published: "0.66"},
		{what: "lstsq, engine=\"numba\"", lang: "lstsq-engine", published: "0.40"},
		{what: "the same in parallel", lang: "lstsq-engine-par", published: "0.13"},
		{what: "closed form, CPython", lang: "python"},
		{what: "closed form, NumPy", lang: "numpy"},
		{what: "closed form, Numba", lang: "numba"},
		{what: "closed form, Numba, prange", lang: "numba-prange"},
		{what: "closed form, Cython", lang: "cython-memoryview"},
		{what: "closed form, Pythran", lang: "pythran"},
		{what: "closed form, C by ctypes", lang: "ctypes"},
		{what: "closed form, C by cffi, ABI", lang: "cffi-abi"},
		{what: "closed form, C by cffi, API", lang: "cffi-api"},
		{what: "closed form, C as a CPython module", lang: "capi"},
		{what: "closed form, Fortran by f2py", lang: "f2py"},
		{what: "closed form, Rust by PyO3", lang: "pyo3"},
	}},
	{"Diffusion, 512 x 512: what the book's examples 7-18 to 7-24 and its Rust section take, of which it has no table", "diffusion",
		"python/cpython", "step", []bookRow{
			{what: "CPython", lang: "python"},
			{what: "NumPy, in place", lang: "numpy"},
			{what: "NumPy, with temporaries", lang: "numpy-temporaries"},
			{what: "C by ctypes", lang: "ctypes"},
			{what: "C by cffi, ABI", lang: "cffi-abi"},
			{what: "C by cffi, API", lang: "cffi-api"},
			{what: "Fortran by f2py", lang: "f2py"},
			{what: "the same, column-major", lang: "f2py", columns: true},
			{what: "Fortran by f2py, copying", lang: "f2py-copy"},
			{what: "the same, column-major", lang: "f2py-copy", columns: true},
			{what: "C as a CPython module", lang: "capi"},
			{what: "Rust by PyO3", lang: "pyo3"},
			{what: "Cython", lang: "cython-memoryview"},
			{what: "Numba", lang: "numba"},
			{what: "Pythran", lang: "pythran"},
		}},
}

// nativeNames names study.BookNative.
var nativeNames = map[string]string{
	"go/direct": "Go", "go-par/direct": "Go, in parallel", "c/cgo": "C by cgo", "c-omp/cgo": "C by cgo, OpenMP",
	"rust/purego": "Rust by purego", "fortran/cgo": "Fortran by cgo",
}

func (b *bookRow) route() string {
	if b.process {
		return b.lang + "/process"
	}
	return b.lang + "/cpython"
}

// layout returns that of the row's problem in a table of the kernel.
func (b *bookRow) layout(kernel string) string {
	switch {
	case kernel == "julia":
		return ""
	case b.columns:
		return "col"
	}
	return "row"
}

// seconds returns the published time in s, and whether there is one.
func (b *bookRow) seconds() (float64, bool) {
	x, err := strconv.ParseFloat(b.published, 64)
	return x, err == nil
}

// tables prints the book's tables.
func tables(p *page.Page) {
	rows := p.Rows(BookName)
	if len(rows) == 0 {
		return
	}
	p.Heading("The book's tables on this machine")
	p.Explain(fmt.Sprintf("What M. Gorelick and I. Ozsvald publish in High Performance Python, and what it takes here, through Toll's routes: "+
		"medians of %s ± half the 95%% interval (!: beyond 5%%). Rows without a published time are Toll's. The last column is the time over that of C "+
		"called by cgo, in the same rounds on the same problem. Below the line Go is not using Python. Parallel rows have %s.",
		page.InRounds(rows[0]), p.Record.Threads()))
	for k := range bookTables {
		printTable(p, &bookTables[k], rows)
	}
}

// bookFigure is a row of a table with what the record has of it.
type bookFigure struct {
	bookRow
	route   string
	row     *record.Row      // nil if it was not timed
	base    *record.Row      // c/cgo's of the same problem and size, nil if there is none
	time    measure.Interval // of the whole problem, or of what a time is of, in ns
	mark    string           // "†" say, if it was timed on a part
	missing string           // why it was not timed, if that was tried
}

// figures returns the table's rows that the record has, or that were published: those through Python, and Toll's without.
// There are none if nothing of the table was tried.
func (t *bookTable) figures(p *page.Page, rows []*record.Row) (python, native []bookFigure) {
	for _, b := range t.rows {
		f := figureOf(p, rows, t.kernel, b.layout(t.kernel), b.route())
		f.bookRow = b
		if f.row != nil || f.missing != "" || b.published != "" {
			python = append(python, f)
		}
	}
	if !slices.ContainsFunc(python, func(f bookFigure) bool { return f.row != nil || f.missing != "" }) {
		return nil, nil
	}
	for _, route := range BookNative {
		for _, columns := range []bool{false, true} {
			b := bookRow{what: nativeNames[route], columns: columns}
			if columns && t.kernel != "diffusion" {
				continue
			} else if columns {
				b.what = "the same, column-major"
			}
			f := figureOf(p, rows, t.kernel, b.layout(t.kernel), route)
			f.bookRow = b
			if f.row != nil || f.missing != "" {
				native = append(native, f)
			}
		}
	}
	return python, native
}

// said says what a table shows.
func (t *bookTable) said(python, native []bookFigure) string {
	return strings.Join(slices.Concat(bookFastest(t, python, native), bookOrder(python), bookTimes(python), bookBeside(t, python), bookCopies(python)), " ")
}

// answers returns a question for each table: its title.
func answers() []page.Question {
	var all []page.Question
	for k := range bookTables {
		t := &bookTables[k]
		all = append(all, page.Question{Text: t.title + ".", Answer: func(p *page.Page) string {
			python, native := t.figures(p, p.Rows(BookName))
			if python == nil {
				return ""
			}
			return t.said(python, native)
		}})
	}
	return all
}

func printTable(p *page.Page, t *bookTable, rows []*record.Row) {
	python, native := t.figures(p, rows)
	if python == nil {
		return
	}
	parts := bookParts(p, python)
	if p.Markdown {
		fmt.Fprintf(p, "### %s\n\n", t.title)
	} else {
		fmt.Fprintf(p, "%s\n%s\n\n", t.title, strings.Repeat("-", len(t.title)))
	}
	if said := t.said(python, native); said != "" {
		p.Say("%s", said)
	}
	bookGrid(p, t, python, native)
	bookNotes(p, parts, slices.Concat(python, native), rows)
}

// figureOf returns what was measured of a route on a problem: on the whole, else on a part.
func figureOf(p *page.Page, rows []*record.Row, kernel, layout, route string) bookFigure {
	f := bookFigure{route: route}
	for _, r := range rows {
		if r.What() != kernel || r.Layout != layout {
			continue
		}
		if r.Route() == route && (f.row == nil || inPart(f.row)) {
			f.row = r
		}
		for why := range strings.SplitSeq(r.Facts["missing"], BookMissing) {
			if of, text, _ := strings.Cut(why, ": "); of == route {
				f.missing = text
			}
		}
	}
	if f.row == nil {
		return f
	}
	for _, r := range rows {
		if r.Route() == p.Baseline && r.Problem() == f.row.Problem() && len(r.Samples) == len(f.row.Samples) {
			f.base = r
		}
	}
	f.time = measure.Median(f.row.Wall())
	if part := f.row.Number("part"); part > 0 {
		f.time = measure.Interval{Median: f.time.Median / part, Lo: f.time.Lo / part, Hi: f.time.Hi / part}
	}
	return f
}

// inPart reports whether a row's operations are not, or not in runs as long as, the whole problem's.
func inPart(r *record.Row) bool { return r.Facts["part"] != "" || r.Facts["steps"] != "" }

// bookGrid prints the table: Python's rows, and below a line those of native routes.
func bookGrid(p *page.Page, t *bookTable, python, native []bookFigure) {
	header := table.Row{"", "route", "published, s", "here, s", "here/published", "x " + p.Baseline}
	if t.each != "" {
		header = table.Row{"", "route", "here, ms/" + t.each, "x " + p.Baseline}
	}
	grid := p.NewTable()
	var configs []table.ColumnConfig
	for k := 3; k <= len(header); k++ {
		configs = append(configs, table.ColumnConfig{Number: k, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	grid.SetColumnConfigs(configs)
	grid.AppendHeader(header)
	scale := 1e9
	if t.each != "" {
		scale = 1e6
	}
	for _, part := range [][]bookFigure{python, native} {
		for _, f := range part {
			here, ratio := "", ""
			switch {
			case f.row != nil:
				here = strings.TrimRight(page.Significant(f.time.Median/scale)+" "+page.Spread(f.time), " ")
				here += fmt.Sprintf(" %1s", f.mark)
			case f.missing != "":
				here = f.why()
			default:
				here = "not asked for"
			}
			if f.base != nil && f.base == f.row {
				ratio = "1.00      "
			} else if f.base != nil {
				x := measure.Ratio(f.row.Wall(), f.base.Wall())
				ratio = page.Significant(x.Median) + " " + page.Spread(x)
			}
			line := table.Row{f.what, f.route, here, ratio}
			if t.each == "" {
				line = table.Row{f.what, f.route, f.publishedCell(), here, f.bySeconds(python), ratio}
			}
			if p.Markdown {
				for k, cell := range line {
					line[k] = strings.Join(strings.Fields(cell.(string)), " ")
				}
			}
			grid.AppendRow(line)
		}
		grid.AppendSeparator()
	}
	p.Render("", grid)
}

// why returns in a word or two why a row was not timed.
func (f *bookFigure) why() string {
	for _, why := range []string{BookFailed, BookNotOffered} {
		if strings.HasPrefix(f.missing, why) {
			return why
		}
	}
	return "unavailable"
}

func (f *bookFigure) publishedCell() string {
	if f.times > 0 {
		return fmt.Sprintf("%g x %s", f.times, f.against)
	}
	return f.published
}

// bySeconds shows the time here over the published one; for a row published as a multiple of another, the multiple
// here over that.
func (f *bookFigure) bySeconds(all []bookFigure) string {
	if f.row == nil {
		return ""
	}
	if s, ok := f.seconds(); ok {
		return fmt.Sprintf("%.2f", f.time.Median/1e9/s)
	}
	if x, ok := f.multiple(all); ok {
		return fmt.Sprintf("%.2f", x/f.times)
	}
	return ""
}

// multiple returns how many times the time of the row that it is published as a multiple of a row takes.
func (f *bookFigure) multiple(all []bookFigure) (float64, bool) {
	at := slices.IndexFunc(all, func(g bookFigure) bool { return g.lang == f.against && g.row != nil })
	if f.times == 0 || f.row == nil || at < 0 {
		return 0, false
	}
	return f.over(&all[at]).Median, true
}

// over returns the ratio of two rows' times: of their rounds' ratios, if they were timed on the same problem.
func (f *bookFigure) over(g *bookFigure) measure.Interval {
	if f.row.Problem() == g.row.Problem() && len(f.row.Samples) == len(g.row.Samples) {
		return measure.Ratio(f.row.Wall(), g.row.Wall())
	}
	return measure.Interval{Median: f.time.Median / g.time.Median, Lo: f.time.Lo / g.time.Hi, Hi: f.time.Hi / g.time.Lo}
}

// told reports whether a ratio is known to differ from 1.
func told(ratio measure.Interval) bool { return !math.IsNaN(ratio.Lo) && ratio.Differs(0) }

// few reports whether there were too few rounds for an interval.
func (f *bookFigure) few() bool { return math.IsInf(f.time.Lo, 0) || math.IsInf(f.time.Hi, 0) }

// timed returns the figures that there are of the book's layout.
func timed(all []bookFigure) []bookFigure {
	return slices.DeleteFunc(slices.Clone(all), func(f bookFigure) bool { return f.row == nil || f.columns })
}

// named returns the route, with the layout if it is not the book's.
func (f *bookFigure) named() string {
	if f.columns {
		return f.route + ", column-major"
	}
	return f.route
}

// bookFastest says which rows are the fastest, from Python and without.
func bookFastest(t *bookTable, python, native []bookFigure) []string {
	fastest := func(all []bookFigure) (*bookFigure, string) {
		all = timed(all)
		if len(all) == 0 {
			return nil, ""
		}
		best := slices.MinFunc(all, func(a, b bookFigure) int {
			if a.time.Median < b.time.Median {
				return -1
			}
			return 1
		})
		text := fmt.Sprintf("%s, with %s", best.named(), page.Nanoseconds(best.time.Median))
		var like []string
		for k := range all {
			if f := &all[k]; f.row != best.row && !f.few() && !told(f.over(&best)) {
				like = append(like, f.named())
			}
		}
		if like != nil {
			text += fmt.Sprintf(" (not told apart: %s)", page.Joined(like))
		}
		return &best, text
	}
	best, text := fastest(python)
	if best == nil {
		return nil
	}
	said := fmt.Sprintf("The fastest from Python is %s", text)
	if at := slices.IndexFunc(python, func(f bookFigure) bool { return f.route == t.from && f.row != nil }); at >= 0 && python[at].row != best.row {
		from := &python[at]
		said += fmt.Sprintf("; %s takes %s times as long, %s", from.named(), page.Significant(from.time.Median/best.time.Median), page.Nanoseconds(from.time.Median))
	}
	said += "."
	if _, text := fastest(native); text != "" {
		said += fmt.Sprintf(" The fastest without is %s.", text)
	}
	return []string{said}
}

// bookOrder says how the times here stand to the published ones, and which rows do not follow each other as they do.
func bookOrder(python []bookFigure) []string {
	var all []bookFigure
	least, most := math.Inf(1), 0.0
	for _, f := range timed(python) {
		if s, ok := f.seconds(); ok {
			all = append(all, f)
			x := f.time.Median / 1e9 / s
			least, most = min(least, x), max(most, x)
		}
	}
	if len(all) < 2 {
		return nil
	}
	said := fmt.Sprintf("Times here are %.2f to %.2f of the published.", least, most)
	if slices.ContainsFunc(all, func(f bookFigure) bool { return f.few() }) {
		return []string{said + " For their order there were too few rounds."}
	}
	pairs, same := 0, 0
	var other, alike []string
	for k := range all {
		for j := range all {
			faster, slower := &all[k], &all[j]
			a, _ := faster.seconds()
			b, _ := slower.seconds()
			if a >= b {
				continue
			}
			pairs++
			switch ratio := faster.over(slower); {
			case !told(ratio):
				alike = append(alike, faster.named()+" and "+slower.named())
			case ratio.Median < 1:
				same++
			default:
				other = append(other, fmt.Sprintf("%s is %s times as slow as %s", faster.named(), page.Significant(ratio.Median), slower.named()))
			}
		}
	}
	said += fmt.Sprintf(" The book's order holds here in %d of %s of rows", same, bookCount(pairs, "pair"))
	if other != nil {
		said += fmt.Sprintf("; against it, %s", page.Joined(other))
	}
	if alike != nil {
		said += fmt.Sprintf("; not told apart are %s", strings.Join(alike, "; "))
	}
	return []string{said + "."}
}

func bookCount(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// bookTimes says how the rows stand that are published as multiples of others.
func bookTimes(python []bookFigure) []string {
	var said []string
	for k := range python {
		f := &python[k]
		if x, ok := f.multiple(python); ok {
			said = append(said, fmt.Sprintf("%s takes %s times as long as %s (published: about %g).", f.what, page.Significant(x), f.against, f.times))
		}
	}
	return said
}

// bookNear is how near to c/cgo's time one is that is said to be near, in a table of bindings.
const bookNear = 0.1

// bookBeside says which rows take about as long as C without Python, where each row is a binding.
func bookBeside(t *bookTable, python []bookFigure) []string {
	if t.each == "" {
		return nil
	}
	var near []string
	compared := 0
	for _, f := range timed(python) {
		if f.base == nil {
			continue
		}
		compared++
		if x := measure.Ratio(f.row.Wall(), f.base.Wall()); math.Abs(x.Median-1) <= bookNear {
			near = append(near, f.named())
		}
	}
	switch {
	case compared == 0:
		return nil
	case near == nil:
		return []string{fmt.Sprintf("None of %d row-major rows is within %.0f%% of C by cgo.", compared, 100*bookNear)}
	}
	return []string{fmt.Sprintf("Within %.0f%% of C by cgo are %d of %d row-major rows: %s.", 100*bookNear, len(near), compared, page.Joined(near))}
}

// bookCopies says what the copies cost that f2py makes of what does not lie as Fortran's matrices do.
func bookCopies(python []bookFigure) []string {
	find := func(lang string, columns bool) *bookFigure {
		for k := range python {
			if f := &python[k]; f.lang == lang && f.columns == columns && f.row != nil {
				return f
			}
		}
		return nil
	}
	var parts []string
	for _, columns := range []bool{false, true} {
		plain, copying := find("f2py", columns), find("f2py-copy", columns)
		if plain == nil || copying == nil || plain.few() {
			continue
		}
		layout := map[bool]string{false: "row-major", true: "column-major"}[columns]
		if ratio := copying.over(plain); told(ratio) {
			parts = append(parts, fmt.Sprintf("%s times as long %s", page.Significant(ratio.Median), layout))
		} else {
			parts = append(parts, "no longer that shows "+layout)
		}
	}
	if parts == nil {
		return nil
	}
	return []string{fmt.Sprintf("Fortran by f2py takes, if f2py is left to copy what is not in Fortran's order, %s.", page.Joined(parts))}
}

// bookParts marks the figures that were timed on a part, and returns what the marks mean.
func bookParts(p *page.Page, all []bookFigure) []string {
	var parts, notes []string
	for k := range all {
		r := all[k].row
		if r == nil || !inPart(r) {
			continue
		}
		part := fmt.Sprintf("scaled: timed on n=%s, %.3g%% of the work, by which the time is divided; the ratio is to %s on that, too.",
			r.N, 100*r.Number("part"), p.Baseline)
		if steps := r.Facts["steps"]; steps != "" {
			part = fmt.Sprintf("scaled: timed in shorter runs, of %s steps; the ratio is to %s in such, too.", steps, p.Baseline)
		}
		at := slices.Index(parts, part)
		if at < 0 {
			at = len(parts)
			parts = append(parts, part)
			notes = append(notes, bookMarks[at%len(bookMarks)]+" "+part)
		}
		all[k].mark = bookMarks[at%len(bookMarks)]
	}
	return notes
}

// bookMarks are as many as a problem has parts that may be timed, or more.
var bookMarks = []string{"†", "‡", "§"}

// bookNotes says below a table what its rows need said.
func bookNotes(p *page.Page, notes []string, all []bookFigure, rows []*record.Row) {
	var missing, compiled, trips []string
	verdicts := map[string]int{}
	tenths := 0
	for k := range all {
		f := &all[k]
		if f.row == nil {
			if f.missing != "" {
				missing = append(missing, f.named()+": "+f.missing)
			}
			continue
		}
		verdicts[verdict(f.row)]++
		if slices.Contains(strings.Fields(f.row.Facts["tenth"]), f.route) {
			tenths++
		}
		for _, r := range rows {
			if r.What() == BookCompile && r.Route() == f.route && !f.columns {
				compiled = append(compiled, f.route+" in "+page.Nanoseconds(measure.Median(r.Wall()).Median))
			}
			if r.What() == BookRoundTrip && r.Route() == f.route {
				trips = append(trips, page.Nanoseconds(measure.Median(r.Wall()).Median)+" of "+f.route)
			}
		}
	}
	if compiled != nil {
		notes = append(notes, "Compiled once, before, which is not in the times: "+page.Joined(compiled)+".")
	}
	if trips != nil {
		notes = append(notes, "Of the time, the round trip through the pipe, with all points and counts but no iteration, is "+page.Joined(trips)+".")
	}
	held := fmt.Sprintf("Verified before, in a run of the whole problem: %s bit-identical", bookCount(verdicts["bit-identical"], "row"))
	if n := verdicts["within bound"]; n > 0 {
		held += fmt.Sprintf(", %d within a declared bound", n)
	}
	if n := verdicts[""]; n > 0 {
		held += fmt.Sprintf(", %d not", n)
	}
	if tenths > 0 {
		held += fmt.Sprintf("; %s of these in a run of a tenth", bookCount(tenths, "row"))
	}
	notes = append(notes, held+".")
	if missing != nil {
		notes = append(notes, "Not timed: "+strings.Join(missing, "; ")+".")
	}
	for _, note := range notes {
		if p.Markdown {
			fmt.Fprintf(p, "- %s\n", note)
		} else {
			for line := range strings.SplitSeq(text.WrapSoft(note, 118), "\n") {
				fmt.Fprintln(p, strings.TrimRight(line, " "))
			}
		}
	}
	fmt.Fprintln(p)
}

// verdict returns how the record says that the row's route was verified: "bit-identical" or "within bound", else "".
func verdict(r *record.Row) string {
	for verdict := range strings.SplitSeq(r.Facts["verified"], "; ") {
		held, routes, _ := strings.Cut(verdict, ": ")
		how, _, _ := strings.Cut(held, " in ")
		if slices.Contains(strings.Fields(routes), r.Route()) && (how == "bit-identical" || how == "within bound") {
			return how
		}
	}
	return ""
}
