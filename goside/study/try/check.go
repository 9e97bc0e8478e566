// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"toll/goside/seam"
	"toll/goside/try/argument"
	"toll/goside/try/prototype"
	"toll/goside/via/harness"
)

// check is an expression that is to be true of each call.
type check struct {
	source  string
	program *vm.Program
}

// newCheck compiles an expression over the arguments of a plan, "result", and "NAME_after" of memory that a call may change.
func newCheck(source string, plan *argument.Plan) (*check, error) {
	values, err := plan.Values(0, 0)
	if err != nil {
		return nil, err
	}
	f := plan.Function
	made := &harness.Called{Memory: map[string][]byte{}}
	if f.Result.Kind != prototype.Void {
		made.Result = make([]byte, max(f.Result.Size, 1))
	}
	for k, p := range f.Params {
		if values[k].Memory {
			made.Memory[p.Name] = values[k].Bytes
		}
	}
	if f.Result.Text() {
		made.Text = new(string)
	}
	program, err := expr.Compile(source, expr.Env(environment(f, values, made)), expr.AsBool())
	if err != nil {
		return nil, seam.Usagef("try: check %q: %s", source, strings.TrimSpace(err.Error()))
	}
	return &check{source, program}, nil
}

// broken returns why a call does not hold, "" if it does.
func (c *check) broken(f *prototype.Function, values []argument.Value, after *harness.Called) string {
	env := environment(f, values, after)
	got, err := expr.Run(c.program, env)
	if err != nil {
		return fmt.Sprintf("the check %q cannot be told: %v", c.source, err)
	}
	if got == true {
		return ""
	}
	said := fmt.Sprintf("the check %q is false", c.source)
	var with []string
	for _, name := range append(names(f), "result") {
		if strings.Contains(c.source, name) && env[name] != nil {
			with = append(with, fmt.Sprintf("%s = %s", name, brief(env[name])))
		}
	}
	if with != nil {
		said += ", with " + strings.Join(with, ", ")
	}
	return said
}

func names(f *prototype.Function) []string {
	all := make([]string, len(f.Params))
	for k, p := range f.Params {
		all[k] = p.Name
	}
	return all
}

// brief shows a value, and of many the first.
func brief(value any) string {
	const few = 4
	some := func(n int, shown string) string {
		if n <= few {
			return shown
		}
		return fmt.Sprintf("%s … (%d)]", strings.TrimSuffix(shown, "]"), n)
	}
	switch x := value.(type) {
	case []float64:
		return some(len(x), fmt.Sprint(x[:min(few, len(x))]))
	case []int64:
		return some(len(x), fmt.Sprint(x[:min(few, len(x))]))
	case string:
		return fmt.Sprintf("%q", snip(x))
	}
	return snip(fmt.Sprint(value))
}

// environment is what a check sees of a call.
func environment(f *prototype.Function, values []argument.Value, after *harness.Called) map[string]any {
	env := map[string]any{}
	for k, p := range f.Params {
		env[p.Name] = seen(p.Type, values[k].Bytes, values[k].Memory)
		if values[k].Nil {
			env[p.Name] = nil
		}
		if b, ok := after.Memory[p.Name]; ok {
			env[p.Name+"_after"] = seen(p.Type, b, true)
		}
	}
	switch {
	case f.Result.Kind == prototype.Void:
	case f.Result.Text():
		env["result"] = text(after)
	case f.Result.Kind == prototype.Pointer:
		env["result"] = !isNil(after.Result)
	default:
		env["result"] = seen(f.Result, after.Result, false)
	}
	return env
}

// most is how many elements of memory a check sees.
const most = 1 << 20

// seen is what a check sees of a value or of memory: float64, int64 or bool, a slice of these, a text, or a map of fields.
func seen(t *prototype.Type, b []byte, memory bool) any {
	if !memory {
		return value(t, b)
	}
	if t.Text() {
		text, _, _ := strings.Cut(string(b), "\x00")
		return text
	}
	e := elem(t)
	if e.Kind == prototype.Struct {
		var all []any
		for at := 0; e.Size > 0 && at+int(e.Size) <= len(b) && len(all) < most; at += int(e.Size) {
			all = append(all, value(e, b[at:]))
		}
		return all
	}
	size := max(int(e.Size), 1)
	n := min(len(b)/size, most)
	if e.Kind == prototype.Float {
		all := make([]float64, n)
		for k := range all {
			all[k], _ = number(e, b[k*size:]).(float64)
		}
		return all
	}
	all := make([]int64, n)
	for k := range all {
		all[k] = integer(number(e, b[k*size:]))
	}
	return all
}

// value is what a check sees of a number or a structure.
func value(t *prototype.Type, b []byte) any {
	if t.Kind == prototype.Struct {
		fields := map[string]any{}
		for _, f := range t.Field {
			if int(f.Offset+f.Type.Size) <= len(b) {
				fields[f.Name] = seen(f.Type, b[f.Offset:f.Offset+f.Type.Size], f.Type.Kind == prototype.Array)
			}
		}
		return fields
	}
	switch x := number(t, b).(type) {
	case float64, bool:
		return x
	case nil:
		return nil
	default:
		return integer(x)
	}
}

// integer returns an integer; one beyond int64 wraps, as C's conversion does.
func integer(x any) int64 {
	switch x := x.(type) {
	case int64:
		return x
	case uint64:
		return int64(x)
	case bool:
		if x {
			return 1
		}
	}
	return 0
}
