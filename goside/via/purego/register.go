// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package purego

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/ebitengine/purego"
)

// maxWords is how many arguments SyscallN takes.
const maxWords = 32

// binder finds C functions and makes sure that their form can pass what their Go types declare. The first that it finds
// or passes nothing of is its error.
type binder struct {
	lookup func(name string) (uintptr, error)
	err    error
}

func (b *binder) failed(err error) bool {
	if b.err == nil {
		b.err = err
	}
	return err != nil
}

// register makes *to call the C function of that name by RegisterFunc; to points to a function of Go.
func (b *binder) register(name string, to any) {
	if address, err := b.lookup(name); !b.failed(err) {
		b.registerAt(name, to, address)
	}
}

func (b *binder) registerAt(name string, to any, address uintptr) {
	b.failed(register(name, to, address))
}

// words returns the address of the C function of that name, for SyscallN; prototype is a function of Go that declares its
// arguments and result.
func (b *binder) words(name string, prototype any) uintptr {
	address, err := b.lookup(name)
	if b.failed(err) || b.failed(onlyWords(name, prototype)) {
		return 0
	}
	return address
}

// register is RegisterFunc with an error, which names the function and the argument, where that panics.
func register(name string, to any, address uintptr) error {
	refusal := try(to, address)
	if refusal == nil {
		return nil
	}
	function := reflect.TypeOf(to).Elem()
	var arguments []reflect.Type
	for n := range function.NumIn() { // the first that RegisterFunc refuses behind those before it
		arguments = append(arguments, function.In(n))
		if refusal := try(reflect.New(reflect.FuncOf(arguments, nil, false)).Interface(), address); refusal != nil {
			return fmt.Errorf("purego: %s cannot be called by RegisterFunc: argument %d (%v): %w", name, n+1, function.In(n), refusal)
		}
	}
	return fmt.Errorf("purego: %s cannot be called by RegisterFunc: its result, that of %v: %w", name, function, refusal)
}

// try calls RegisterFunc and returns what it panics with.
func try(to any, address uintptr) (refusal error) {
	defer func() {
		if v := recover(); v != nil {
			refusal = errors.New(strings.TrimPrefix(fmt.Sprint(v), "purego: "))
		}
	}()
	purego.RegisterFunc(to, address)
	return nil
}

// onlyWords returns an error unless all arguments and the result are words.
func onlyWords(name string, prototype any) error {
	function := reflect.TypeOf(prototype)
	if function.NumIn() > maxWords {
		return fmt.Errorf("purego: %s cannot be called by SyscallN: argument %d of %d, want at most %d",
			name, maxWords+1, function.NumIn(), maxWords)
	}
	for n := range function.NumIn() {
		if t := function.In(n); !isWord(t) {
			return fmt.Errorf("purego: %s cannot be called by SyscallN: argument %d (%v), want an integer, a bool or a pointer", name, n+1, t)
		}
	}
	for t := range function.Outs() {
		if !isWord(t) {
			return fmt.Errorf("purego: %s cannot be called by SyscallN: its result (%v), want an integer, a bool or a pointer", name, t)
		}
	}
	return nil
}

func isWord(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Pointer, reflect.UnsafePointer,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return true
	}
	return false
}
