// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/via/cpython"
)

// BookName is the study of the book's own tables.
const BookName = "Book"

// BookCompile is the name's kernel where not a kernel is timed but a language's compilation of itself.
const BookCompile = "compile"

// BookRoundTrip is the name's kernel where the arguments of the Julia set go to a process and the counts come back, but
// nothing is iterated.
const BookRoundTrip = "roundtrip"

// What the fact "missing" says of a route that did what is wrong, and of one that lacks the kernel; of one that cannot be
// had it says why.
const (
	BookFailed     = string(conform.Failed)
	BookNotOffered = "not offered"
)

// BookMissing stands between two routes in the fact "missing", which says of each why it is not timed.
const BookMissing = " | "

// BookNative are the routes that stand below Python's in each of the tables.
var BookNative = []string{"go/direct", "go-par/direct", "c/cgo", "c-omp/cgo", "rust/purego", "fortran/cgo"}

// bookBaseline is in the rounds of each problem and size, for ratios.
const bookBaseline = "c/cgo"

// bookLong is how long a single run may take, by the run that verified it, before a part of the problem is timed: the
// largest that takes half as long at most, or else the least.
const bookLong = time.Second

// BookRoutes are the routes of the tables, by problem.
var BookRoutes = []struct {
	Kernel, Layout string
	Routes         []string
}{
	{"julia", "", slices.Concat(
		study.OnCPython("python", "python-expanded", "cython-pure", "cython", "cython-expanded"),
		[]string{"pypy/process", "pypy-expanded/process"},
		study.OnCPython("python-numpy", "numpy", "numba-expanded", "numba-prange", "cython-static", "cython-dynamic", "cython-guided", "f2py"),
		bookBindings, BookNative)},
	{"ols", "row", slices.Concat(
		study.OnCPython("lstsq-iloc", "lstsq-iterrows", "lstsq-apply", "lstsq-apply-raw", "sklearn", "lstsq-numba", "lstsq-engine",
			"lstsq-engine-par", "python", "numpy", "numba-prange", "f2py"),
		bookBindings, BookNative)},
	{"diffusion", "row", slices.Concat(study.OnCPython("python", "numpy", "numpy-temporaries", "f2py", "f2py-copy"), bookBindings, BookNative)},
	{"diffusion", "col", append(study.OnCPython("f2py", "f2py-copy"), "c/cgo", "fortran/cgo")},
}

var bookBindings = study.OnCPython("numba", "cython-memoryview", "pythran", "ctypes", "cffi-abi", "cffi-api", "capi", "pyo3")

// InBook reports whether one of the tables has the route.
func InBook(r *seam.Route) bool {
	for _, problem := range BookRoutes {
		if slices.Contains(problem.Routes, r.Name()) {
			return true
		}
	}
	return false
}

// bookProblem is one of the book's problems.
type bookProblem struct {
	kernel, layout, op string
	routes             []string
	whole              kernel.Case // which verifies it
	tenth              kernel.Case // which verifies a route that is slow, unless its New is nil
	ops                int         // operations in that
	sum                int         // of a Julia set's counts; 0 if that is not known
	sizes              []bookSize  // that may be timed: the whole first, then less and less
}

// bookSize is how much of a problem is timed.
type bookSize struct {
	n     string  // as in the benchmark's name
	part  float64 // of the whole problem's work, in an operation
	least int     // operations in a run
	new   func(threads int) (run func(*kernel.Funcs) error, reset func())
}

// bookProblems returns the problems of the tables.
func bookProblems() ([]bookProblem, error) {
	cases := kernel.Cases()
	var problems []bookProblem
	for _, of := range BookRoutes {
		p := bookProblem{kernel: of.Kernel, layout: of.Layout, routes: of.Routes, ops: 1}
		switch of.Kernel {
		case "julia":
			p.op, p.sum, p.sizes = "image", kernel.JuliaSum, bookJulia(kernel.JuliaSize, kernel.JuliaSize/4, kernel.JuliaSize/8)
		case "ols":
			p.op, p.sizes = "matrix", bookOLS(kernel.OLSRows, kernel.OLSRows/10, kernel.OLSRows/100)
		case "diffusion":
			layout := kernel.Row
			if of.Layout == kernel.Col.String() {
				layout = kernel.Col
			}
			p.op, p.ops, p.sizes = "step", 50, bookDiffusion(kernel.DiffusionSize, layout, 10, 2)
		}
		for _, c := range cases {
			if c.Kernel != p.kernel || strings.Trim(c.Layout, "-") != p.layout {
				continue
			}
			if strings.HasPrefix(c.Name, "the book's") {
				p.whole = c
			} else if strings.HasPrefix(c.Name, "10,000 rows of the book's") {
				p.tenth = c
			}
		}
		if p.whole.New == nil {
			return nil, fmt.Errorf("study: no case of %s %s is named the book's, want one", p.kernel, p.layout)
		}
		problems = append(problems, p)
	}
	return problems, nil
}

// bookJulia returns the Julia sets of these sides. Work is iterations and points: a point's last test is not counted
// as an iteration.
func bookJulia(sides ...int) []bookSize {
	var sizes []bookSize
	var whole float64
	for _, side := range sides {
		a := kernel.NewJulia(side, kernel.JuliaMaxIter, study.SerialPar)
		if err := kernel.Go().Julia(a); err != nil {
			panic(err) // the reference, given what it makes itself
		}
		work := float64(len(a.Out) + bookSum(a.Out))
		if whole == 0 {
			whole = work
		}
		sizes = append(sizes, bookSize{fmt.Sprint(side), work / whole, 1,
			func(threads int) (func(*kernel.Funcs) error, func()) {
				a := kernel.NewJulia(side, kernel.JuliaMaxIter, kernel.Par{Threads: threads, Schedule: kernel.Guided})
				return func(f *kernel.Funcs) error { return f.Julia(a) }, nil
			}})
	}
	return sizes
}

func bookSum(counts []int32) int {
	sum := 0
	for _, n := range counts {
		sum += int(n)
	}
	return sum
}

func bookOLS(rows ...int) []bookSize {
	var sizes []bookSize
	for _, n := range rows {
		sizes = append(sizes, bookSize{fmt.Sprint(n), float64(n) / float64(rows[0]), 1,
			func(threads int) (func(*kernel.Funcs) error, func()) {
				a := kernel.NewOLS(n, kernel.OLSDays, kernel.Row, kernel.Par{Threads: threads, Schedule: kernel.Static})
				return func(f *kernel.Funcs) error { return f.OLS(a) }, nil
			}})
	}
	return sizes
}

// bookDiffusion returns runs of so many steps. An operation is a step, of equal work in all.
func bookDiffusion(side int, layout kernel.Layout, steps ...int) []bookSize {
	var sizes []bookSize
	for k, n := range steps {
		size := fmt.Sprint(side)
		if k > 0 {
			size += fmt.Sprintf("/steps=%d", n)
		}
		sizes = append(sizes, bookSize{size, 1, n,
			func(threads int) (func(*kernel.Funcs) error, func()) {
				a := kernel.NewDiffusionRun(side, n, layout, kernel.Par{Threads: threads, Schedule: kernel.Static})
				return func(f *kernel.Funcs) error { return f.Run(a) }, func() {
					kernel.HotBlock(&a.A)
					clear(a.B.Data)
				}
			}})
	}
	return sizes
}

// Subjects verifies the routes on the book's own problems, in one run of the whole each (of a tenth, if the route is slow
// and full is not set), and returns what is to be
// timed. Those that do not hold, or cannot be had, are named in the fact "missing" of their problem, those that were verified
// on a tenth in the fact "tenth". threads are
// those of parallel languages; progress is called after each run that verifies.
//
// A route whose run took longer than a second is timed on a part of the problem, unless full is set. The name's
// part is then what share of the whole problem's work an operation is; in diffusion, where an operation is a step of the
// whole grid all the same, runs have fewer steps, the name's steps. c/cgo is timed at every size that is. All subjects of
// a problem and size share its memory.
//
// A process's round trip is timed besides: see [BookRoundTrip].
//
// compiled are the times in which languages compiled themselves before their first use, a series each. wrong says which
// routes gave wrong results.
func Subjects(routes []*seam.Route, full bool, threads int, progress func(done, all int)) (subjects []measure.Subject, compiled []measure.Series, wrong, err error) {
	problems, err := bookProblems()
	if err != nil {
		return nil, nil, nil, err
	}
	long := bookLong
	if full {
		long = 0
	}
	if compiled, err = bookCompiled(problems, routes); err != nil { // first, or some would compile in the run that verifies
		return nil, nil, nil, err
	}
	if full {
		for k := range problems {
			problems[k].tenth = kernel.Case{}
		}
	}
	subjects, wrong, err = subjectsOf(problems, routes, long, threads, progress)
	if err == nil {
		subjects = append(subjects, bookRoundTrips(subjects, routes)...)
	}
	return subjects, compiled, wrong, err
}

// bookRoundTrips returns the Julia set without an iteration, for the processes among what is timed.
func bookRoundTrips(timed []measure.Subject, routes []*seam.Route) []measure.Subject {
	var trips []measure.Subject
	for _, r := range routes {
		if r.Via != "process" || !slices.ContainsFunc(timed, func(s measure.Subject) bool {
			return strings.Contains(s.Name, "/kernel=julia/lang="+r.Lang+"/via="+r.Via+"/")
		}) {
			continue
		}
		library, err := r.Open()
		if err != nil {
			continue // it was timed, so it is open
		}
		a := kernel.NewJulia(kernel.JuliaSize, 0, study.SerialPar)
		problem := &kernel.Problem{Study: BookName, Kernel: BookRoundTrip, N: fmt.Sprint(kernel.JuliaSize), Op: "image"}
		trips = append(trips, measure.Subject{
			Name:  study.Name(problem, r.Lang, r.Via).String(),
			Facts: study.Facts(problem, &kernel.Timed{}),
			Run: func(n int) error {
				for range n {
					if err := library.Julia(a); err != nil {
						return err
					}
				}
				return nil
			},
			Least: 1,
			Parks: study.Parks(r),
		})
	}
	return trips
}

// subjectsOf is Book of any problems; what takes longer than long, unless that is 0, is timed in part.
func subjectsOf(problems []bookProblem, routes []*seam.Route, long time.Duration, threads int, progress func(done, all int)) (subjects []measure.Subject, wrong, err error) {
	problems = slices.DeleteFunc(slices.Clone(problems), func(p bookProblem) bool { // of which nothing but a denominator was asked for
		return !slices.ContainsFunc(p.of(routes), func(r *seam.Route) bool { return r.Name() != bookBaseline })
	})
	all, done := 0, 0
	for k := range problems {
		all += len(problems[k].of(routes))
	}
	for k := range problems {
		p := &problems[k]
		ran := p.verify(p.of(routes), func() {
			done++
			progress(done, all)
		})
		for _, run := range ran {
			if run.result.Verdict() == conform.Failed {
				wrong = errors.Join(wrong, errors.New(run.missing()))
			}
		}
		more, err := p.subjects(ran, long, threads)
		if err != nil {
			return nil, wrong, err
		}
		subjects = append(subjects, more...)
		runtime.GC() // what verification leaves is much, and nothing is to be collected while the clock runs
	}
	return subjects, wrong, nil
}

// of returns the routes that the problem's tables name, in their order.
func (p *bookProblem) of(routes []*seam.Route) []*seam.Route {
	var all []*seam.Route
	for _, name := range p.routes {
		if at := slices.IndexFunc(routes, func(r *seam.Route) bool { return r.Name() == name }); at >= 0 {
			all = append(all, routes[at])
		}
	}
	return all
}

// bookRun is what was seen of a route on a whole problem.
type bookRun struct {
	route   *seam.Route
	result  conform.Result
	elapsed time.Duration
	tenth   bool // it was verified on a tenth
	sum     int  // of a Julia set's counts
}

// verify runs the whole problem once on each route, or a tenth if the route is slow; done is called after each. Where the book prints the sum of the
// counts, all counts are to be the reference's, also on a route that has a bound for other points.
func (p *bookProblem) verify(routes []*seam.Route, done func()) []*bookRun {
	var runs []*bookRun
	var observed, whole, tenth []*seam.Route
	for _, r := range routes {
		run := &bookRun{route: r}
		runs = append(runs, run)
		observe := run.observed(p.sum != 0, done)
		observed = append(observed, observe)
		if r.Slow && p.tenth.New != nil {
			tenth = append(tenth, observe)
		} else {
			whole = append(whole, observe)
		}
	}
	results := conform.Verify(whole, []kernel.Case{p.whole}, nil)
	if tenth != nil {
		results = append(results, conform.Verify(tenth, []kernel.Case{p.tenth}, nil)...)
	}
	for _, result := range results {
		run := runs[slices.Index(observed, result.Route)]
		run.result = result
		if slices.Contains(tenth, result.Route) {
			run.elapsed *= 10
			run.tenth = true
		}
		if result.Holds() && p.sum != 0 && run.sum != p.sum {
			run.result.Failures = append(run.result.Failures, fmt.Errorf("the counts add up to %d, want %d", run.sum, p.sum))
		}
	}
	return runs
}

// observed returns the route with its runs noted, and without its bound if its results are to be the reference's exactly.
func (run *bookRun) observed(exactly bool, done func()) *seam.Route {
	r := seam.NewRoute(run.route.Lang, run.route.Via, func() (*seam.Library, error) {
		library, err := run.route.Open()
		if err != nil {
			return nil, err
		}
		noted := *library
		f := &noted.Funcs
		f.Run = observe(run, f.Run, done)
		f.OLS = observe(run, f.OLS, done)
		f.Julia = observe(run, f.Julia, done)
		if julia := f.Julia; julia != nil {
			f.Julia = func(a *kernel.Julia) error {
				err := julia(a)
				run.sum = bookSum(a.Out)
				return err
			}
		}
		return &noted, nil
	})
	if !exactly {
		r.Bound = run.route.Bound
	}
	return r
}

func observe[A any](run *bookRun, f func(*A) error, done func()) func(*A) error {
	if f == nil {
		return nil
	}
	return func(a *A) error {
		start := time.Now()
		err := f(a)
		run.elapsed = time.Since(start)
		done()
		return err
	}
}

// missing returns why the route is not timed, in a line.
func (run *bookRun) missing() string {
	r := &run.result
	if r.Err == nil && r.Cases == 0 {
		return run.route.Name() + ": " + BookNotOffered
	}
	reason := r.Reason()
	if len(r.Failures) > 0 {
		reason = r.Failures[0] // there is one case only
	}
	why, _, _ := strings.Cut(strings.TrimPrefix(reason.Error(), run.route.Name()+": "), "\n")
	why = strings.ReplaceAll(why, BookMissing, " ")
	if r.Verdict() == conform.Failed {
		why = BookFailed + ": " + why
	}
	return run.route.Name() + ": " + why
}

// subjects returns what is timed of the problem.
func (p *bookProblem) subjects(runs []*bookRun, long time.Duration, threads int) ([]measure.Subject, error) {
	var missing []string
	sized := make([][]*bookRun, len(p.sizes))
	for _, run := range runs {
		if !run.result.Holds() {
			missing = append(missing, run.missing())
			continue
		}
		size, most := 0, float64(long)
		for long > 0 && size < len(p.sizes)-1 {
			s := &p.sizes[size]
			if operation := float64(run.elapsed) / float64(p.ops); operation*s.part*float64(s.least) <= most {
				break
			}
			size, most = size+1, float64(long)/2
		}
		for k := range sized {
			if k == size || run.route.Name() == bookBaseline {
				sized[k] = append(sized[k], run)
			}
		}
	}
	var subjects []measure.Subject
	for k, runs := range sized {
		onlyBaseline := len(runs) == 1 && runs[0].route.Name() == bookBaseline
		if len(runs) == 0 || k > 0 && onlyBaseline {
			continue
		}
		s := &p.sizes[k]
		n := s.n
		if s.part != 1 {
			n += "/part=" + strconv.FormatFloat(s.part, 'g', 6, 64)
		}
		problem := &kernel.Problem{Study: BookName, Kernel: p.kernel, Layout: p.layout, N: n, Op: p.op}
		var results []conform.Result
		var tenth []string
		for _, run := range runs {
			results = append(results, run.result)
			if run.tenth {
				tenth = append(tenth, run.route.Name())
			}
		}
		facts := append(study.Facts(problem, &kernel.Timed{}), measure.Fact{Key: "verified", Value: study.Verification(problem, results)})
		if tenth != nil {
			facts = append(facts, measure.Fact{Key: "tenth", Value: strings.Join(tenth, " ")})
		}
		if missing != nil {
			facts = append(facts, measure.Fact{Key: "missing", Value: strings.Join(missing, BookMissing)})
		}
		run, reset := s.new(threads)
		for _, r := range runs {
			library, err := r.route.Open()
			if err != nil {
				return nil, err
			}
			subjects = append(subjects, measure.Subject{
				Name:  study.Name(problem, r.route.Lang, r.route.Via).String(),
				Facts: facts,
				Reset: reset,
				Run: func(n int) error {
					for range n / s.least {
						if err := run(&library.Funcs); err != nil {
							return err
						}
					}
					return nil
				},
				Least: s.least,
				Parks: study.Parks(r.route),
			})
		}
	}
	return subjects, nil
}

// bookCompiled has the problems' Python languages compile that do so themselves, and say how long it took: the function
// compile_seconds of their modules.
func bookCompiled(problems []bookProblem, routes []*seam.Route) ([]measure.Series, error) {
	var series []measure.Series
	asked := map[string]bool{}
	for k := range problems {
		for _, r := range problems[k].of(routes) {
			if r.Via != "cpython" || asked[r.Lang] {
				continue
			}
			asked[r.Lang] = true
			if _, err := r.Open(); err != nil {
				continue // said to be missing
			}
			in, err := cpython.Default()
			if err != nil {
				return nil, err
			}
			function, err := in.Import(cpython.Module(r.Lang), "compile_seconds")
			var raised *cpython.Error
			if errors.As(err, &raised) && raised.Type == "AttributeError" {
				continue
			} else if err != nil {
				return nil, fmt.Errorf("study: %s: %w", r.Name(), err)
			}
			object := function.Object()
			if object == nil {
				return nil, fmt.Errorf("study: %s: compile_seconds is no function, want one", r.Name())
			}
			seconds, err := object.Call()
			object.Release()
			if err != nil {
				continue // as its kernels will say
			}
			problem := &kernel.Problem{Study: BookName, Kernel: BookCompile, N: "1", Op: "module"}
			series = append(series, measure.Series{
				Subject: &measure.Subject{Name: study.Name(problem, r.Lang, r.Via).String(), Facts: study.Facts(problem, &kernel.Timed{})},
				N:       1,
				Samples: []measure.Sample{{Wall: 1e9 * seconds.Float()}},
			})
		}
	}
	return series, nil
}
