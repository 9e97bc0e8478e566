// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// request returns the bytes of a request without what comes after its counts.
func request(function, integers, doubles, arrays uint32, more ...any) []byte {
	b := []byte("TOLQ")
	for _, n := range []uint32{function, 0, integers, doubles, arrays} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for _, x := range more {
		var err error
		if b, err = binary.Append(b, binary.LittleEndian, x); err != nil {
			panic(err)
		}
	}
	return b
}

// TestRefusals: a worker in C that is run wrongly, or is sent what is no request, ends with status 1 and says why. Its input is a
// file, so that it does not end with its host first.
func TestRefusals(t *testing.T) {
	p := found(t, "c")
	kernels, lang, functions := p.after[0], p.after[1], p.after[2]
	wrong := func(name string) string { return filepath.Join(filepath.Dir(kernels), "wrong", "lib"+name+".so") }
	long := func(n int) string { return strings.Repeat("x", n) }
	// The largest number of each is accepted, as TestLimits of the transports shows.
	counts := fmt.Sprintf("want at most %d, %d and %d", maxNumbers, maxNumbers, maxArrays)
	var (
		huge  = request(0, 0, 0, 1, uint32('d'), uint32(directionIn), uint64(math.MaxUint64))
		large = request(0, 0, 0, 1, uint32('d'), uint32(directionIn), uint64(math.MaxUint64-64))
		not   = request(1, 1, 0, 0, int64(7))
	)
	for _, c := range []struct {
		arguments []string // of all: "pipe", kernels, lang, functions
		input     []byte
		want      string // within what it says; "" if it answers and ends with status 0
	}{
		{arguments: []string{"pipe", kernels, lang}, want: "worker: 3 arguments, want <transport> <library> <language> <library of calls.h>\n"},
		{arguments: []string{"pipe", kernels, lang, functions, "more"}, want: "worker: 5 arguments, want "},
		{arguments: []string{"pipe", "libtoll_c.so", lang, functions}, want: "worker: the library is libtoll_c.so, want an absolute path\n"},
		{arguments: []string{"pipe", kernels, lang, "libtoll_calls.so"}, want: "worker: the library is libtoll_calls.so, want an absolute path\n"},
		{arguments: []string{"pipe", kernels + "x", lang, functions}, want: "cannot open shared object file"},
		{arguments: []string{"pipe", kernels, lang, kernels}, want: "undefined symbol: toll_calls_header_hash"},
		{arguments: []string{"pipe", kernels, "c-omp", functions}, want: "undefined symbol: toll_c_omp_table"},
		{arguments: []string{"pipe", kernels, long(52), functions}, want: "undefined symbol: toll_" + long(52) + "_table"},
		{arguments: []string{"pipe", kernels, long(53), functions}, want: "worker: a language of 53 bytes, want a name\n"},
		{arguments: []string{"pipe", kernels, long(300), functions}, want: "worker: a language of 300 bytes, want a name\n"},
		{arguments: []string{"pipe", wrong("lacking_c"), lang, functions}, want: "has no table of c for this processor\n"},
		{arguments: []string{"pipe", wrong("other_version"), lang, functions}, want: "has interface version 5, table size "},
		{arguments: []string{"pipe", wrong("other_size"), lang, functions}, want: "has interface version 4, table size 184 and "},
		{arguments: []string{"pipe", wrong("other_header"), lang, functions}, want: "and header hash 0123456789abcdef, want 4, "},
		{arguments: []string{"shm", kernels, lang, functions}, want: "worker: -1 bytes from the socket without memory, want 16 with it\n"},
		{input: []byte("TOLR"), want: "worker: the input has 'TOLR', want a request\n"},
		{input: slices.Concat(not, []byte("TOLX")), want: "worker: the input has 'TOLX', want a request\n"},
		{input: []byte("TO"), want: "worker: the input ended within a request\n"},
		{input: not[:4], want: "worker: the input ended within a request\n"},
		{input: not[:len(not)-1], want: "worker: the input ended within a request\n"},
		{input: not[:len(not)-8], want: "worker: the input ended within a request\n"},
		{input: request(0, maxNumbers+1, 0, 0), want: fmt.Sprintf("worker: a request of %d integers, 0 doubles and 0 arrays, %s\n", maxNumbers+1, counts)},
		{input: request(0, 0, maxNumbers+1, 0), want: fmt.Sprintf("worker: a request of 0 integers, %d doubles and 0 arrays, %s\n", maxNumbers+1, counts)},
		{input: request(0, 0, 0, maxArrays+1), want: fmt.Sprintf("worker: a request of 0 integers, 0 doubles and %d arrays, %s\n", maxArrays+1, counts)},
		{input: huge, want: "worker: no memory for an array of 18446744073709551615 bytes\n"},
		{input: large, want: "worker: no memory for an array of 18446744073709551551 bytes\n"},
		{input: not},
		{input: nil},
	} {
		arguments := c.arguments
		if arguments == nil {
			arguments = []string{"pipe", kernels, lang, functions}
		}
		name := filepath.Join(t.TempDir(), "input")
		if err := os.WriteFile(name, c.input, 0o600); err != nil {
			t.Fatal(err)
		}
		input, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var out, said bytes.Buffer
		worker := exec.Command(p.path, arguments...)
		worker.Stdin, worker.Stdout, worker.Stderr = input, &out, &said
		status := 0
		err = worker.Run()
		if ended, ok := errors.AsType[*exec.ExitError](err); ok {
			status = ended.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		want := min(1, len(c.want))
		if status != want || !strings.Contains(said.String(), c.want) || c.want == "" && said.Len() > 0 {
			t.Errorf("%q, %q: status %d, it says %q, want %d and %q", arguments, c.input, status, said.String(), want, c.want)
		}
		// The answer is status 0, one integer, no double, and ^7.
		answer := append([]byte("TOLR\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\xf8"), bytes.Repeat([]byte{0xff}, 7)...)
		if bytes.HasPrefix(c.input, not) != bytes.HasSuffix(out.Bytes(), answer) {
			t.Errorf("%q, %q: it answers %q", arguments, c.input, out.Bytes())
		}
		_ = input.Close()
	}
}
