// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package valgrind

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const file = `# callgrind format
desc: I1 cache: 1024 B, 64 B, 2-way associative
desc: D1 cache: 32768 B, 64 B, 8-way associative
desc: Trigger: --dump-before=main.CountFromHere
events: Ir Dr Dw
fn=(1) totals
totals: 9000 1000 100
events: Ir Dr Dw
totals: 8000 20
totals: 10
`

func TestReadDump(t *testing.T) {
	d, err := ReadDump(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"I1": "1024 B, 64 B, 2-way associative", "D1": "32768 B, 64 B, 8-way associative"}; !maps.Equal(d.Caches, want) {
		t.Errorf("caches are %q, want %q", d.Caches, want)
	}
	if err := d.Want(3); err != nil {
		t.Error(err)
	}
	if err := d.Want(2); err == nil || !strings.Contains(err.Error(), "has 3 parts, want 2") {
		t.Errorf("of two parts wanted the error is %v", err)
	}
	for _, c := range []struct {
		part   int
		events []string
		want   int64
	}{{0, []string{"Ir"}, 9000}, {0, []string{"Dr", "Dw"}, 1100}, {1, []string{"Dr", "Dw"}, 20}, {2, []string{"Ir"}, 10}, {2, []string{"Dw"}, 0}, {0, []string{"Bc"}, 0}} {
		if got := d.Count(c.part, c.events...); got != c.want {
			t.Errorf("part %d has %d of %q, want %d", c.part, got, c.events, c.want)
		}
	}
	for _, line := range []string{"totals:", "totals: 1 2 3 4", "totals: 1e3", "totals: 1 x"} {
		if _, err := ReadDump(strings.Replace(file, "totals: 10", line, 1)); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("has the line %q", line)) {
			t.Errorf("%q gives the error %v, want one that shows the line", line, err)
		}
	}
}

// TestCallgrind runs a script in valgrind's place.
func TestCallgrind(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"works", `for a; do case $a in --callgrind-out-file=*) echo "$1 $2" >"${a#*=}"; esac; done; echo "$GOMAXPROCS $MORE"`, ""},
		{"counts nothing", "exit 0", "callgrind.out: no such file"},
		{"unknown instruction", `echo "vex amd64->IR: unhandled instruction bytes: 0x62 0xF1" >&2; kill -ILL $$`,
			"signal: illegal instruction: it met an instruction that valgrind does not know, such as one of AVX-512; build without them: scripts/build.sh "},
		{"fails", "seq 20 >&2; exit 3", "exit status 3; the last it said:\n11\n12\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			script := "#!/bin/sh\nif [ $1 = --version ]; then echo valgrind-0; exit; fi\n" + c.script + "\n"
			if err := os.WriteFile(filepath.Join(dir, "valgrind"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			v, err := Find()
			if err != nil {
				t.Fatal(err)
			}
			text, printed, err := v.Callgrind(t.Context(), []string{"--cache-sim=yes"}, []string{"MORE=more"}, "child", "walk", "go/direct")
			if c.want == "" {
				if err != nil || text != "--command-line-only=yes --quiet\n" || printed != "1 more\n" {
					t.Errorf("read %q, printed %q, error %v", text, printed, err)
				}
			} else if err == nil || !strings.HasPrefix(err.Error(), "go/direct under valgrind-0: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error of go/direct with %q", err, c.want)
			}
		})
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(); err == nil || !strings.Contains(err.Error(), "apt-get install valgrind") {
		t.Errorf("without valgrind the error is %v, want one that says how to get it", err)
	}
}

func TestParallel(t *testing.T) {
	var calls [100]atomic.Int32
	if err := Parallel(len(calls), func(k int) error { calls[k].Add(1); return nil }); err != nil {
		t.Error(err)
	}
	for k := range calls {
		if n := calls[k].Load(); n != 1 {
			t.Errorf("called %d times with %d, want once", n, k)
		}
	}
	want, failed := errors.New("no"), make(chan struct{})
	var after atomic.Int32
	err := Parallel(1000, func(k int) error {
		if k == 0 {
			defer close(failed)
			return want
		}
		<-failed
		time.Sleep(time.Millisecond)
		after.Add(1)
		return nil
	})
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
	if n := after.Load(); n > 900 {
		t.Errorf("%d calls were made after one had failed", n)
	}
	if err := Parallel(0, func(int) error { return want }); err != nil {
		t.Errorf("of no call the error is %v", err)
	}
}
