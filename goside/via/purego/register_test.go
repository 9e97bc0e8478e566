// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"reflect"
	"strings"
	"testing"

	"github.com/ebitengine/purego"

	"toll/goside/via/dl"
)

// takes returns a function type of n integers and then others.
func takes(n int, others ...reflect.Type) reflect.Type {
	var in []reflect.Type
	for range n {
		in = append(in, reflect.TypeFor[int64]())
	}
	return reflect.FuncOf(append(in, others...), []reflect.Type{reflect.TypeFor[int64]()}, false)
}

// TestRefusals: what a form cannot pass is an error of registering it, which names function, argument and form, and no panic.
func TestRefusals(t *testing.T) {
	lookup, err := dl.Calls("purego")
	if err != nil {
		t.Fatal(err)
	}
	address, err := lookup("noop")
	if err != nil {
		t.Fatal(err)
	}
	const registered, word = "purego: f cannot be called by RegisterFunc: ", "purego: f cannot be called by SyscallN: "
	complexes := reflect.TypeFor[complex128]()
	for _, c := range []struct {
		function  reflect.Type
		registers string // what RegisterFunc's error begins with; "" if there is none
		words     string
	}{
		{takes(32), "", ""},
		{takes(33), registered + "argument 33 (int64): too many stack arguments", word + "argument 33 of 33, want at most 32"},
		{takes(2, complexes), registered + "argument 3 (complex128): unsupported kind complex128", word + "argument 3 (complex128)"},
		{takes(1, reflect.TypeFor[map[int]int](), complexes), registered + "argument 2 (map[int]int): unsupported kind", word + "argument 2 (map[int]int)"},
		{takes(1, reflect.TypeFor[float64]()), "", word + "argument 2 (float64), want an integer"},
		{takes(0, reflect.TypeFor[struct{ X, Y int64 }]()), "", word + "argument 1 (struct"},
		{reflect.TypeFor[func() float32](), "", word + "its result (float32)"},
		{reflect.TypeFor[func(int64) (int64, int64)](), registered + "its result, that of", ""},
		{reflect.TypeFor[func() struct{ X chan int }](), registered + "its result, that of func() struct", word + "its result (struct"},
		{reflect.TypeFor[func(*float64, bool, uint8) *byte](), "", ""},
	} {
		for _, form := range []struct {
			want string
			had  error
		}{
			{c.registers, register("f", reflect.New(c.function).Interface(), address)},
			{c.words, onlyWords("f", reflect.Zero(c.function).Interface())},
		} {
			if (form.had == nil) != (form.want == "") || form.had != nil && !strings.HasPrefix(form.had.Error(), form.want) {
				t.Errorf("%v: got %v, want %q", c.function, form.had, form.want)
			}
		}
	}
}

// TestMaxWords: SyscallN takes as many words as it is given here, and panics with one more.
func TestMaxWords(t *testing.T) {
	lookup, err := dl.Calls("purego")
	if err != nil {
		t.Fatal(err)
	}
	noop, err := lookup("noop")
	if err != nil {
		t.Fatal(err)
	}
	panics := func(words int) (panicked bool) {
		defer func() { panicked = recover() != nil }()
		purego.SyscallN(noop, make([]uintptr, words)...)
		return
	}
	if panics(maxWords) || !panics(maxWords+1) {
		t.Errorf("SyscallN panics with %d words: %v, with %d: %v; want only the second to", maxWords, panics(maxWords), maxWords+1, panics(maxWords+1))
	}
}

// TestBinderKeepsFirstError: a crossing fails by the first function that it lacks, and calls none by a wrong address.
func TestBinderKeepsFirstError(t *testing.T) {
	lookup, err := dl.Calls("purego")
	if err != nil {
		t.Fatal(err)
	}
	b := &binder{lookup: lookup}
	var f func(complex128)
	b.register("noop", &f)
	var g func()
	b.register("no_such", &g)
	if b.err == nil || !strings.Contains(b.err.Error(), "noop cannot be called by RegisterFunc: argument 1") || f != nil || g != nil {
		t.Errorf("got %v, functions there: %t, %t; want the refusal of noop and none", b.err, f != nil, g != nil)
	}
	b = &binder{lookup: lookup}
	if address := b.words("no_such", func() {}); address != 0 || b.err == nil || !strings.Contains(b.err.Error(), "no symbol toll_calls_no_such") {
		t.Errorf("got address %x and %v, want none and an error about toll_calls_no_such", address, b.err)
	}
}
