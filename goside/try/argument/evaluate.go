// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package argument

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"

	"toll/goside/try/prototype"
)

// token is what an expression is made of: a length, a name, a number, an operator.
var token = regexp.MustCompile(`(len|bytes)\s*\(\s*([\pL_$][\pL\pN_$]*)\s*\)|([\pL_$][\pL\pN_$]*)(\s*\()?|` +
	`(0[xX][0-9a-fA-F]+|[0-9][0-9.]*(?:[eE][+-]?[0-9]+)?(?:Ki|Mi|Gi|k|M|G)?)|(\*\*|[-+*/(),])|(\s+)|(.)`)

// functions are those that expressions may use.
var functions = []string{"abs", "ceil", "floor", "max", "min", "round"}

// longest is how long an expression may be.
const longest = 1000

// expression is one, with its names taken out: an argument is called by no word of the language that evaluates it.
type expression struct {
	text  string
	names []string
	kinds []string // of each name: "", "len" or "bytes"
}

// read reads an expression.
func read(text string) (expression, error) {
	var x expression
	if len(text) > longest {
		return x, fmt.Errorf("found an expression of %d characters, want at most %d", len(text), longest)
	}
	var out strings.Builder
	use := func(kind, name string) {
		fmt.Fprintf(&out, "v%d", len(x.names))
		x.names, x.kinds = append(x.names, name), append(x.kinds, kind)
	}
	before := ""
	for _, m := range token.FindAllStringSubmatch(text, -1) {
		switch {
		case m[1] != "":
			use(m[1], m[2])
		case m[3] != "" && m[4] != "":
			if !slices.Contains(functions, m[3]) {
				return x, fmt.Errorf("found %s(), want len, bytes or one of %s", m[3], strings.Join(functions, ", "))
			}
			out.WriteString(m[0])
		case m[3] != "":
			use("", m[3])
		case m[5] != "":
			n, err := parseNumber(m[5])
			if err != nil {
				return x, err
			}
			digits := strconv.FormatFloat(n.float, 'e', -1, 64) // so that it computes in float64, as with what is in the names
			if !strings.Contains(digits, ".") {
				digits = strings.Replace(digits, "e", ".0e", 1)
			}
			out.WriteString(digits)
		case m[6] == "/" && before == "/", m[6] == "*" && before == "/", m[8] != "":
			return x, fmt.Errorf("found %q in %q, want numbers, names and + - * / ** ( )", m[0], text)
		default:
			out.WriteString(m[0])
		}
		before = m[6]
	}
	x.text = out.String()
	return x, nil
}

// count says why a text is no expression, whatever the arguments are.
func count(text string) error {
	x, err := read(text)
	if err != nil {
		return err
	}
	_, err = x.evaluate(make([]float64, len(x.names)))
	if errors.Is(err, errSyntax) {
		return fmt.Errorf("found %q: %w", text, err)
	}
	return nil
}

var errSyntax = errors.New("want an expression such as n*lda")

// evaluate returns the value, given what its names have.
func (x expression) evaluate(values []float64) (float64, error) {
	env := map[string]any{}
	for k, value := range values {
		env[fmt.Sprintf("v%d", k)] = value
	}
	options := []expr.Option{expr.Env(env), expr.AsFloat64(), expr.DisableAllBuiltins()}
	for _, name := range functions {
		options = append(options, expr.EnableBuiltin(name))
	}
	program, err := expr.Compile(x.text, options...)
	if err != nil {
		return 0, errSyntax
	}
	result, err := expr.Run(program, env)
	if err != nil {
		return 0, errSyntax
	}
	return result.(float64), nil
}

// result is what an argument is, but for its bytes.
type result struct {
	number   number // of what is a number, by value or by reference
	numeric  bool
	elements int64 // that the pointer leads to, without a NUL behind text
	bytes    int64
}

// evaluation finds what the arguments of a call are, in the order in which they need each other.
type evaluation struct {
	plan    *Plan
	sources []source
	set     int
	seed    uint64
	state   []int // 0: not looked at; 1: being evaluated; 2: known
	result  []result
}

func (p *Plan) evaluation(sources []source, set int, seed uint64) *evaluation {
	n := len(p.Arguments)
	return &evaluation{plan: p, sources: sources, set: set, seed: seed, state: make([]int, n), result: make([]result, n)}
}

// elements returns how many elements a buffer has.
func (e *evaluation) elements(k int) int64 {
	if e.sources[k].verb == text { // a NUL is one that a length may count
		return e.result[k].bytes
	}
	return e.result[k].elements
}

// all evaluates all arguments.
func (e *evaluation) all() error {
	total := int64(0)
	for k, a := range e.plan.Arguments {
		if err := e.one(k); err != nil {
			return err
		}
		if total += e.result[k].bytes; total > Most {
			return fmt.Errorf("argument: %s has %d bytes, and with those before it %d, want at most %d (1 GiB)", a.Name, e.result[k].bytes, total, int64(Most))
		}
	}
	return nil
}

// one evaluates an argument, and those that it needs.
func (e *evaluation) one(k int) error {
	a := e.plan.Arguments[k]
	switch e.state[k] {
	case 1:
		return fmt.Errorf("argument: %s is %s, which needs %s itself, want a number for one of them", a.Name, a.Spec, a.Name)
	case 2:
		return nil
	}
	e.state[k] = 1
	if err := e.find(k); err != nil {
		return a.wrong(err)
	}
	e.state[k] = 2
	return nil
}

// find fills in the result of an argument.
func (e *evaluation) find(k int) error {
	a, s, r := e.plan.Arguments[k], e.sources[k], &e.result[k]
	pointer, t := a.Type.Kind == prototype.Pointer, a.Type
	if pointer {
		t = element(t, s)
	}
	r.elements = 1
	size := number{}
	if a.Name == e.plan.Sweep {
		size = whole(e.plan.Sizes[e.set])
	}
	switch s.verb {
	case null:
		*r = result{}
		return nil
	case literal:
		r.number, r.numeric = s.number, true
		if size.whole != nil {
			r.number = size
		}
	case sum:
		value, err := e.expression(s.text)
		if err != nil {
			return err
		}
		if r.number, r.numeric = numberOf(value), true; t.Kind != prototype.Float {
			if r.number, err = rounded(value); err != nil {
				return err
			}
		}
		if err := within(r.number, t); err != nil {
			return fmt.Errorf("it comes to %s, %w", r.number.text, err)
		}
	case random:
		if s.count == "" && kindName(t) != "" {
			r.number, r.numeric = e.draw(k).number(t, s), true
		}
	case text:
		r.elements = int64(len(s.text))
	case list:
		r.elements = int64(len(s.list))
	case file:
		info, err := os.Stat(s.text)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || info.Size()%t.Size != 0 {
			return fmt.Errorf("found %d bytes, want a file of whole elements of %d bytes (%s)", info.Size(), t.Size, t.Name)
		}
		r.elements = info.Size() / t.Size
	}
	if s.count != "" {
		count := size
		if count.whole == nil {
			value, err := e.expression(s.count)
			if err != nil {
				return err
			}
			if count, err = rounded(value); err != nil {
				return err
			}
		}
		if count.float < 0 || count.float*float64(t.Size) > Most {
			return fmt.Errorf("found %s elements of %d bytes, want 0 or more, and at most %d bytes (1 GiB)", count.text, t.Size, int64(Most))
		}
		r.elements = count.whole.Int64()
	}
	if s.verb == steps && r.elements > 0 && t.Kind != prototype.Float {
		last := new(big.Int).Mul(s.to.whole, big.NewInt(r.elements-1))
		last.Add(last, s.from.whole)
		if err := within(number{whole: last, text: last.String()}, t); err != nil {
			return fmt.Errorf("its last element is %s, %w", last, err)
		}
	}
	r.bytes = r.elements * t.Size
	if a.Ended {
		r.bytes++
	}
	return nil
}

// expression evaluates one.
func (e *evaluation) expression(text string) (float64, error) {
	x, err := read(text)
	if err != nil {
		return 0, err
	}
	values := make([]float64, len(x.names))
	for k, name := range x.names {
		at := slices.IndexFunc(e.plan.Arguments, func(a Argument) bool { return a.Name == name })
		if at < 0 {
			var names []string
			for _, a := range e.plan.Arguments {
				names = append(names, a.Name)
			}
			return 0, fmt.Errorf("found %q, which is no argument, want %s", name, strings.Join(names, ", "))
		}
		if err := e.one(at); err != nil {
			return 0, err
		}
		r, pointer := e.result[at], e.plan.Arguments[at].Type.Kind == prototype.Pointer
		switch {
		case x.kinds[k] == "" && r.numeric:
			values[k] = r.number.float
		case x.kinds[k] == "":
			return 0, fmt.Errorf("found %s, which is no number, want len(%s) or bytes(%s)", name, name, name)
		case !pointer:
			return 0, fmt.Errorf("found %s(%s), want a pointer in it, and %s is a number", x.kinds[k], name, name)
		case x.kinds[k] == "len":
			values[k] = float64(r.elements)
		default:
			values[k] = float64(r.bytes)
		}
	}
	return x.evaluate(values)
}

// numberOf returns a computed number.
func numberOf(value float64) number {
	return number{float: value, text: strconv.FormatFloat(value, 'g', -1, 64)}
}

// rounded returns a computed number as an integer.
func rounded(value float64) (number, error) {
	value = math.Trunc(value)
	if !(math.Abs(value) <= 1<<53) { // beyond that, the computation was not exact
		return number{}, fmt.Errorf("found %g, want an integer of at most %d", value, int64(1<<53))
	}
	return whole(int64(value)), nil
}

// number draws a number by value.
func (d draw) number(t *prototype.Type, s source) number {
	if t.Kind == prototype.Float {
		return numberOf(d.float(t.Size, s))
	}
	bits := d.integer(t, s, false)
	if t.Kind == prototype.Signed {
		shift := 64 - 8*t.Size
		return whole(int64(bits<<shift) >> shift)
	}
	exact := new(big.Int).SetUint64(bits & (math.MaxUint64 >> (64 - 8*t.Size)))
	float, _ := new(big.Float).SetInt(exact).Float64()
	return number{whole: exact, float: float, text: exact.String()}
}
