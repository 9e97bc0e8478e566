// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package certify_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/certify"
	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/kernel/rounding"
	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study/studytest"
	"toll/goside/via/direct"
	"toll/goside/via/trampoline"
)

// certificate runs those cases over the routes.
func certificate(t *testing.T, keep func(*kernel.Case) bool, routes ...*seam.Route) *certify.Certificate {
	t.Helper()
	var cases []kernel.Case
	for _, c := range kernel.Cases() {
		if keep(&c) {
			cases = append(cases, c)
		}
	}
	maker := &certify.Maker{}
	results := conform.Verify(routes, cases, &conform.Watch{Ran: maker.Ran})
	return maker.Certificate([]measure.Fact{{Key: "system", Value: "this"}}, results)
}

func goRoute() *seam.Route {
	return seam.NewRoute("go", "direct", func() (*seam.Library, error) { return direct.Open(kernel.Go()) })
}

// small keeps cases of few operations.
func small(c *kernel.Case) bool { return rounding.Cost(c) < 20_000 }

// whole is the certificate of this machine's reference.
var whole = sync.OnceValue(func() []certify.Problem {
	maker, route := &certify.Maker{}, goRoute()
	results := conform.Verify([]*seam.Route{route}, kernel.Cases(), &conform.Watch{Ran: maker.Ran})
	return maker.Certificate(nil, results).Problems
})

// TestPublished holds the certificates of docs/certificates to each other and to this machine.
func TestPublished(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../docs/certificates/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("found the certificates %q (%v), want at least five", files, err)
	}
	names := map[string]bool{}
	for _, p := range whole() {
		if names[p.Name] {
			t.Errorf("two problems are called %s", p.Name)
		}
		names[p.Name] = true
	}
	here := &certify.Certificate{Problems: whole()}
	for _, file := range files {
		there, err := certify.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if n := there.Count(certify.Differs); n > 0 || there.Count(certify.Same) == 0 {
			t.Errorf("%s: %d routes differ and %d are the same, want none and some", file, n, there.Count(certify.Same))
		}
		if c := certify.Compare(here, there, "this machine", file); !c.Equal() || c.There > 0 || c.Both < 1000 {
			t.Errorf("%s: %d problems are in both, %d differ, %d are not of this suite, want at least 1000, 0, 0: %v",
				file, c.Both, len(c.Differ), c.There, c.Lines)
		}
	}
}

// TestRead: what is written is read again, and what is broken is refused.
func TestRead(t *testing.T) {
	t.Parallel()
	missing := seam.NewRoute("c", "nowhere", func() (*seam.Library, error) {
		return nil, fmt.Errorf("c: %w: libtoll_c.so is not in /home/me/lib, which TOLL_LIB names: run it\nor not", seam.ErrUnavailable)
	})
	want := certificate(t, func(c *kernel.Case) bool { return c.Kernel == "call" }, goRoute(), missing)
	var text bytes.Buffer
	if err := want.Write(&text); err != nil {
		t.Fatal(err)
	}
	got, err := certify.Read(text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := got.Write(&again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text.String(), again.String()); diff != "" {
		t.Errorf("written again (-want +got):\n%s", diff)
	}
	if got.Routes[0].State != certify.Same || got.Routes[0].Cases != len(got.Problems) || got.Routes[1].State != certify.Unavailable {
		t.Errorf("the routes are %+v, want the first the same on all of %d problems, the second unavailable", got.Routes, len(got.Problems))
	}
	if says := got.Routes[1].Says; says != "libtoll_c.so is not built" {
		t.Errorf("the second says %q, want what is not built, and no folder", says)
	}
	head, _, _ := strings.Cut(text.String(), "\n")
	for name, broken := range map[string]string{
		"empty": "", "another file": "hello\n", "no problem": head + "\n", "a wrong word": head + "\nhallo\tx\n",
		"a short sum":   head + "\nproblem\tabcd\tcall/-/x\n",
		"a short line":  head + "\nproblem\tabcd\n",
		"a wrong state": head + "\nroute\tc/cgo\tperhaps\t1\tGCC\n",
		"no route":      head + "\ncause\tc/cgo\tols\twhy\n",
	} {
		if _, err := certify.Read([]byte(broken)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestFused: a library with fused multiply-adds is told apart, and the cause named.
func TestFused(t *testing.T) {
	t.Parallel()
	fused := seam.NewRoute("c", "trampoline", func() (*seam.Library, error) { return trampoline.Open("wrong/libfused.so", "c") })
	_, err := fused.Open()
	studytest.Available(t, err)
	c := certificate(t, small, goRoute(), fused)
	route := &c.Routes[1]
	if c.Routes[0].State != certify.Same || route.State != certify.Differs || len(route.Differences) == 0 {
		t.Fatalf("go is %s, and fused is %s with %d differences, want same, and differs with some",
			c.Routes[0].State, route.State, len(route.Differences))
	}
	named := map[string]bool{}
	for _, cause := range route.Causes {
		named[cause.Kernel] = strings.HasPrefix(cause.Says, "fused multiply-add: ")
	}
	if diff := cmp.Diff(map[string]bool{"diffusion": true, "ols": true}, named); diff != "" {
		t.Errorf("causes that are fused multiply-adds (-want +got):\n%s\n%v", diff, route.Causes)
	}
	right := certificate(t, small, goRoute(), seam.NewRoute("c", "trampoline", func() (*seam.Library, error) {
		return trampoline.Open("libtoll_c.so", "c")
	}))
	if compared := certify.Compare(c, right, "here", "there"); compared.Equal() || len(compared.Differ) > 0 ||
		!strings.Contains(strings.Join(compared.Lines, "\n"), "fused multiply-add") {
		t.Errorf("compared with the right one: %+v, want equal references and a line about fused multiply-add", compared)
	}
	if compared := certify.Compare(right, right, "here", "there"); !compared.Equal() {
		t.Errorf("compared with itself: %+v", compared)
	}
}

// TestCauseByHash: where the references differ, the cause is found though the other machine's numbers are not there.
func TestCauseByHash(t *testing.T) {
	t.Parallel()
	here := certificate(t, small, goRoute())
	there := &certify.Certificate{}
	cases := map[string]*kernel.Case{}
	for _, c := range kernel.Cases() {
		cases[c.String()] = &c
	}
	way := map[string]*rounding.Way{}
	for _, name := range []string{"diffusion", "julia", "ols"} {
		for _, w := range rounding.Ways(name) {
			if w.Cause == "fused multiply-add" {
				way[name] = w
				break
			}
		}
	}
	for _, p := range here.Problems {
		c := cases[p.Name]
		if w := way[c.Kernel]; w != nil {
			job, f := c.New(), w.Funcs()
			_ = job.Run(&f)
			p.Sum = conform.Sum(job)
		}
		there.Problems = append(there.Problems, p)
	}
	compared := certify.Compare(here, there, "here", "there")
	said := strings.Join(compared.Lines, "\n")
	for _, name := range []string{"diffusion", "ols"} {
		if !strings.Contains(said, "problems of "+name) {
			t.Errorf("nothing is said of %s:\n%s", name, said)
		}
	}
	for _, text := range compared.Lines {
		if !strings.Contains(text, "the cause at there: fused multiply-add") {
			t.Errorf("found %q, want the cause fused multiply-add at there", text)
		}
	}
	for _, text := range certify.Compare(there, here, "here", "there").Lines {
		if !strings.Contains(text, "the cause at here: fused multiply-add") {
			t.Errorf("found %q, want the cause fused multiply-add at here", text)
		}
	}
}
