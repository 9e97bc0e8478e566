// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"toll/goside/page"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/try/argument"
	"toll/goside/try/program"
	"toll/goside/try/prototype"
	"toll/goside/via/harness"
)

// Request is what a user asked for.
type Request struct {
	Library   string
	Symbols   []string
	Sigs      []string // prototypes
	Header    string
	Args      []string // "n=1000"; "norm.n=1000" of one function only
	Out       []string
	Sweep     []string
	Via       []string // patterns of crossings
	Reference string   // "other.so:symbol"
	GoPackage string
	Checks    []string      // expressions; "norm: result > 0" of one function only
	Limit     time.Duration // of a call
	Crowds    []int         // how many goroutines
	Full      bool
	Releases  bool // by each release of Go, too: of one function

	problems []*problem
	program  *program.Program
	root     string
	library  string             // absolute
	named    *harness.Reference // what Reference names
}

// problem is a function of a request.
type problem struct {
	function *prototype.Function
	plan     *argument.Plan
	checks   []*check
	rows     []*row
	notes    []string // what was noticed, whatever the crossing
	calls    int      // that were verified, on each crossing that held

	incomparable bool // two processes that make the same calls differ
}

// row is a function through a crossing.
type row struct {
	crossing, lang string
	left           string         // why it is not tried
	failed         map[int]string // by set: why it does not hold
	held           []int          // sets
	notes          []string
	differs        string // how it returns something else than the function, if it is another
	crowded        string // how it ended when several goroutines called it
	reference      bool   // it is the further function
}

// Prepare finds out what is to be called and how. What is wrong with the request is a seam.UsageError.
func (q *Request) Prepare() error {
	for _, step := range []func() error{q.findLibrary, q.findFunctions, q.countFunctions, q.planArguments, q.compileChecks, q.findReference} {
		if err := step(); err != nil {
			if _, usage := errors.AsType[seam.UsageError](err); !usage && !errors.Is(err, seam.ErrUnavailable) {
				err = seam.UsageError{Err: err}
			}
			return err
		}
	}
	return nil
}

// absolute returns the path of a library, which may be named as a loader finds it.
func absolute(library string) (string, error) {
	file, err := prototype.Resolve(library)
	if err != nil {
		return "", err
	}
	return filepath.Abs(file)
}

func (q *Request) findLibrary() (err error) {
	if q.library, err = absolute(q.Library); err != nil {
		return err
	}
	q.root, err = seam.Tree()
	return err
}

func (q *Request) countFunctions() error {
	if n := len(q.problems); q.Releases && n != 1 {
		return fmt.Errorf("try: with releases of Go, found %d functions, want one", n)
	}
	return nil
}

// findFunctions finds the prototype of each function.
func (q *Request) findFunctions() error {
	exports, err := prototype.Exports(q.library)
	if err != nil {
		return err
	}
	given := map[string]*prototype.Function{}
	var order []string
	for _, sig := range q.Sigs {
		f, err := prototype.Parse(sig)
		if err != nil {
			return err
		}
		if given[f.Name] != nil {
			return fmt.Errorf("try: there are two prototypes of %s, want one", f.Name)
		}
		given[f.Name], order = f, append(order, f.Name)
	}
	symbols := q.Symbols
	if len(symbols) == 0 {
		symbols = order
	}
	if len(symbols) == 0 {
		return errors.New("try: no function is named, want its symbol or its prototype by --sig")
	}
	for _, name := range order {
		if !slices.Contains(symbols, name) {
			return fmt.Errorf("try: the prototype of --sig is of %s, want one of %s", name, strings.Join(symbols, ", "))
		}
	}
	for k, symbol := range symbols {
		if slices.Contains(symbols[:k], symbol) {
			return fmt.Errorf("try: %s is named twice", symbol)
		}
		if err := prototype.Find(exports, symbol); err != nil {
			return fmt.Errorf("%w, in %s", err, q.Library)
		}
		f := given[symbol]
		switch {
		case f != nil:
		case q.Header != "":
			f, err = prototype.Header(q.Header, symbol)
		default:
			f, err = prototype.Debug(q.library, symbol)
		}
		if err != nil {
			return err
		}
		q.problems = append(q.problems, &problem{function: f})
	}
	return nil
}

// of returns those of the values that are meant for a function: without the name of one, or with its name and separator before.
func of(values []string, function, separator string, functions []string) []string {
	var all []string
	for _, value := range values {
		name, after, ok := strings.Cut(value, separator)
		switch {
		case !ok || !slices.Contains(functions, name):
			all = append(all, value)
		case name == function:
			all = append(all, strings.TrimSpace(after))
		}
	}
	return all
}

func (q *Request) names() []string {
	all := make([]string, len(q.problems))
	for k, p := range q.problems {
		all[k] = p.function.Name
	}
	return all
}

// planArguments makes the plan of each function. With several, an argument that is named without a function is of each that has
// a parameter of the name.
func (q *Request) planArguments() error {
	meant := func(values []string, p *problem) []string {
		some := of(values, p.function.Name, ".", q.names())
		if len(q.problems) == 1 {
			return some
		}
		return slices.DeleteFunc(some, func(value string) bool {
			name := value[:strings.IndexAny(value+"=", "=:")]
			has := func(p *problem) bool {
				return name == "result" || slices.ContainsFunc(p.function.Params, func(a prototype.Parameter) bool { return a.Name == name })
			}
			return !has(p) && slices.ContainsFunc(q.problems, has)
		})
	}
	for _, p := range q.problems {
		if p.function.Variadic {
			return fmt.Errorf("try: %s takes variable arguments, want a function of fixed ones: write one in C that calls it", p.function.Name)
		}
		plan, err := argument.New(p.function, argument.Options{Args: meant(q.Args, p), Out: meant(q.Out, p), Sweep: meant(q.Sweep, p)})
		if err != nil {
			return err
		}
		for set := range plan.Sizes { // what cannot be made is wrong before anything is built
			if _, err := plan.Values(set, 0); err != nil {
				return err
			}
		}
		p.plan = plan
	}
	return nil
}

func (q *Request) compileChecks() error {
	for _, p := range q.problems {
		for _, source := range of(q.Checks, p.function.Name, ":", q.names()) {
			c, err := newCheck(source, p.plan)
			if err != nil {
				return err
			}
			p.checks = append(p.checks, c)
		}
	}
	return nil
}

func (q *Request) findReference() error {
	if q.Reference == "" {
		return nil
	}
	at := strings.LastIndexByte(q.Reference, ':')
	if at < 0 || at+1 == len(q.Reference) {
		return fmt.Errorf("try: reference is %q, want a library and a symbol, such as other.so:norm", q.Reference)
	}
	if len(q.problems) > 1 {
		return fmt.Errorf("try: a reference is of one function, and %d are named", len(q.problems))
	}
	file, err := absolute(cmp.Or(q.Reference[:at], q.library))
	if err != nil {
		return err
	}
	exports, err := prototype.Exports(file)
	if err != nil {
		return err
	}
	if err := prototype.Find(exports, q.Reference[at+1:]); err != nil {
		return fmt.Errorf("%w, in %s", err, file)
	}
	q.named = &harness.Reference{Library: file, Symbol: q.Reference[at+1:]}
	return nil
}

// processName is the crossing of the harness itself.
const processName = "process"

// Build builds the program, and settles through which crossings each function is called.
func (q *Request) Build(stderr io.Writer) error {
	ctx, end := study.UntilSignal(stderr, "building ends; a second signal ends at once")
	defer end()
	o := program.Options{Root: q.root, Cache: filepath.Join(q.root, "build", "try"), NoCgo: os.Getenv("CGO_ENABLED") == "0"}
	for _, p := range q.problems {
		o.Functions = append(o.Functions, p.function)
	}
	if q.GoPackage != "" {
		folder, err := filepath.Abs(q.GoPackage)
		if err != nil {
			return fmt.Errorf("try: %w", err)
		}
		o.GoPackage = folder
	}
	built, err := program.Build(ctx, o)
	if cut := context.Cause(ctx); cut != nil {
		return cut
	}
	if err != nil && q.GoPackage != "" && strings.Contains(err.Error(), "the Go package") { // it is the user's
		return seam.UsageError{Err: err}
	}
	if err != nil {
		return err
	}
	q.program = built
	return q.settle()
}

// settle makes the rows of each function: all crossings that --via allows.
func (q *Request) settle() error {
	crossings := slices.Clone(q.program.Crossings)
	if !slices.ContainsFunc(crossings, func(c program.Crossing) bool { return c.Name == processName }) {
		last := len(crossings)
		if last > 0 && crossings[last-1].Name == directName {
			last--
		}
		crossings = slices.Insert(crossings, last, program.Crossing{Name: processName})
	}
	var all []string
	chosen := crossings[:0:0]
	for _, c := range crossings {
		all = append(all, c.Name)
		ok, err := study.Matches(q.Via, c.Name)
		if err != nil {
			return err
		}
		if ok || len(q.Via) == 0 || c.Name == directName {
			chosen = append(chosen, c)
		}
	}
	if !slices.ContainsFunc(chosen, func(c program.Crossing) bool { return c.Name != directName }) {
		return seam.Usagef("try: no crossing matches %q, want one of %s, or a pattern", strings.Join(q.Via, ","), strings.Join(all, ", "))
	}
	for _, p := range q.problems {
		p.rows = nil
		for _, c := range chosen {
			r := &row{crossing: c.Name, lang: cmp.Or(p.function.Lang, "native"), left: cmp.Or(c.Left, c.Missing[p.function.Name]), failed: map[int]string{}}
			if c.Name == directName {
				r.lang = "go"
			}
			p.rows = append(p.rows, r)
		}
	}
	return nil
}

// directName is the crossing to a Go function.
const directName = "direct"

// Tell says what was understood.
func (q *Request) Tell(w io.Writer) {
	for _, p := range q.problems {
		f := p.function
		fmt.Fprintln(w, page.Wrapped(fmt.Sprintf("%s, by %s; %s", f, f.From, f.Convention)))
		for _, a := range p.plan.Arguments {
			fmt.Fprintf(w, "  %s\n", argumentLine(&a))
		}
		if p.plan.Sweep != "" {
			fmt.Fprintf(w, "  sweep: %s\n", p.sizes())
		}
	}
}

// TellCrossings says through which crossings each function is called, why it is not through the others, and where the Go code of
// the calls is.
func (q *Request) TellCrossings(w io.Writer) {
	for _, p := range q.problems {
		var tried []string
		for _, r := range p.rows {
			if r.left == "" {
				tried = append(tried, r.crossing)
			}
		}
		fmt.Fprintln(w, page.Wrapped(fmt.Sprintf("%s through %s", p.function.Name, page.Joined(tried))))
		for _, r := range p.rows {
			if r.left != "" {
				fmt.Fprintf(w, "  left out: %s: %s\n", r.crossing, r.left)
			}
		}
	}
	fmt.Fprintf(w, "the calls, as Go code: %s\n", fromHere(q.program.Dir))
}

// fromHere returns a path as seen from the working directory, if that is shorter.
func fromHere(path string) string {
	from, err := os.Getwd()
	if err != nil {
		return path
	}
	if relative, err := filepath.Rel(from, path); err == nil && len(relative) < len(path) {
		return relative
	}
	return path
}

func (p *problem) sizes() string {
	var all []string
	for _, n := range p.plan.Sizes {
		all = append(all, fmt.Sprint(n))
	}
	return p.plan.Sweep + " = " + strings.Join(all, ", ")
}

// argumentLine says what is passed for a parameter: "n = 1000 (guessed: …)".
func argumentLine(a *argument.Argument) string {
	said := a.Name + " = " + a.Spec
	if a.Access != "" {
		said += ", " + string(a.Access)
	}
	if a.Why != "" {
		said += " (" + a.Why + ")"
	}
	return said
}
