// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package certify writes what a machine computes into a small file, a certificate, and compares two of them. It has the
// SHA-256 of all memory of each problem of the suite, as [conform.Sum] has it, and for each route whether it left the same,
// and how it was built. So two machines are compared without a connection between them.
//
// Where a route differs from the reference, the certificate says where, by how much, and the likely cause, which package
// rounding finds. Where the references of two machines differ, [Compare] finds the cause from the hash alone.
//
// Caveat: the results of a route with a declared bound depend on its library's choices for the processor. They are in the
// certificate, and are not compared.
package certify

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"toll/goside/measure"
)

// Certificate is what a machine computed.
type Certificate struct {
	Facts    []measure.Fact // of the machine and the run
	Problems []Problem
	Routes   []Route
}

// Sum is a SHA-256.
type Sum [sha256.Size]byte

func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// Problem is what the reference left in all memory of a problem.
type Problem struct {
	Name string // kernel/layout/name
	Sum  Sum
}

// State says of a route what it did, all problems taken together.
type State string

// The states of a route.
const (
	Same        State = "same"        // as the reference, bit for bit
	Bounded     State = "bounded"     // within the bound that it declares
	Differs     State = "differs"     // some problems differ
	Unavailable State = "unavailable" // it was not built, or cannot exist there
)

// Route is what a certificate says of a route.
type Route struct {
	Name  string // lang/via
	State State
	Cases int    // problems that it solved
	Says  string // how it was built, or why it is unavailable
	// Differences has those problems that differ, and the cause for each kernel, if the state is Differs.
	Differences []Difference
	Causes      []Cause
}

// Lang returns the route's language.
func (r *Route) Lang() string { lang, _, _ := strings.Cut(r.Name, "/"); return lang }

// Via returns the route's crossing.
func (r *Route) Via() string { _, via, _ := strings.Cut(r.Name, "/"); return via }

// Difference is a problem that a route solved otherwise than the reference.
type Difference struct {
	Problem string
	Sum     Sum
	Says    string // the first element that differs, and how many do
}

// Cause is why a route differs on a kernel.
type Cause struct{ Kernel, Says string }

// Fact returns the value of a fact, or "".
func (c *Certificate) Fact(key string) string {
	for _, f := range c.Facts {
		if f.Key == key {
			return f.Value
		}
	}
	return ""
}

// Count returns how many routes are in that state.
func (c *Certificate) Count(state State) (n int) {
	for k := range c.Routes {
		if c.Routes[k].State == state {
			n++
		}
	}
	return n
}

const title = "# A certificate of Toll, version 1: the SHA-256 of all memory that each problem leaves. toll certify --against FILE compares two."

// The lines of a certificate begin with one of these words; a tab separates what follows.
const (
	wordFact    = "fact"
	wordProblem = "problem"
	wordRoute   = "route"
	wordDiffers = "differs"
	wordCause   = "cause"
)

// line joins fields by tabs. A field has none.
func line(w io.Writer, fields ...string) error {
	for k := range fields {
		fields[k] = strings.Join(strings.Fields(fields[k]), " ")
	}
	_, err := fmt.Fprintln(w, strings.Join(fields, "\t"))
	return err
}

// Write writes the certificate.
func (c *Certificate) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintln(out, title)
	for _, f := range c.Facts {
		_ = line(out, wordFact, f.Key, f.Value)
	}
	for k := range c.Routes {
		r := &c.Routes[k]
		_ = line(out, wordRoute, r.Name, string(r.State), strconv.Itoa(r.Cases), r.Says)
		for _, d := range r.Differences {
			_ = line(out, wordDiffers, r.Name, d.Problem, d.Sum.String(), d.Says)
		}
		for _, cause := range r.Causes {
			_ = line(out, wordCause, r.Name, cause.Kernel, cause.Says)
		}
	}
	for _, p := range c.Problems {
		_ = line(out, wordProblem, p.Sum.String(), p.Name)
	}
	return out.Flush()
}

// ReadFile reads the certificate in a file.
func ReadFile(file string) (*Certificate, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c, err := Read(text)
	if err != nil {
		return nil, fmt.Errorf("certify: %s: %w", file, err)
	}
	return c, nil
}

// Read reads what Write wrote.
func Read(text []byte) (*Certificate, error) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if string(first) != title {
		return nil, fmt.Errorf("is no certificate of this version: it begins with %.40q, want %.40q", first, title)
	}
	c := &Certificate{}
	number := 1
	for text := range strings.Lines(string(rest)) {
		number++
		if err := c.take(strings.Split(strings.TrimSuffix(text, "\n"), "\t")); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if len(c.Problems) == 0 {
		return nil, fmt.Errorf("has no problem, want those of the suite")
	}
	return c, nil
}

// take adds what a line says.
func (c *Certificate) take(fields []string) error {
	want := map[string]int{wordFact: 3, wordProblem: 3, wordRoute: 5, wordDiffers: 5, wordCause: 4}[fields[0]]
	if want == 0 {
		return fmt.Errorf("begins with %q, want fact, problem, route, differs or cause", fields[0])
	}
	if len(fields) != want {
		return fmt.Errorf("has %d fields, want %d of a %s", len(fields), want, fields[0])
	}
	switch fields[0] {
	case wordFact:
		c.Facts = append(c.Facts, measure.Fact{Key: fields[1], Value: fields[2]})
	case wordProblem:
		sum, err := parseSum(fields[1])
		c.Problems = append(c.Problems, Problem{Name: fields[2], Sum: sum})
		return err
	case wordRoute:
		cases, err := strconv.Atoi(fields[3])
		state := State(fields[2])
		if !slices.Contains([]State{Same, Bounded, Differs, Unavailable}, state) {
			return fmt.Errorf("the state is %q, want same, bounded, differs or unavailable", state)
		}
		c.Routes = append(c.Routes, Route{Name: fields[1], State: state, Cases: cases, Says: fields[4]})
		return err
	default:
		if len(c.Routes) == 0 || c.Routes[len(c.Routes)-1].Name != fields[1] {
			return fmt.Errorf("%s is of %q, want the route above it", fields[0], fields[1])
		}
		r := &c.Routes[len(c.Routes)-1]
		if fields[0] == wordCause {
			r.Causes = append(r.Causes, Cause{Kernel: fields[2], Says: fields[3]})
			return nil
		}
		sum, err := parseSum(fields[3])
		r.Differences = append(r.Differences, Difference{Problem: fields[2], Sum: sum, Says: fields[4]})
		return err
	}
	return nil
}

func parseSum(text string) (sum Sum, err error) {
	b, err := hex.DecodeString(text)
	if err == nil && len(b) != len(sum) {
		err = fmt.Errorf("%q has %d bytes, want %d", text, len(b), len(sum))
	}
	copy(sum[:], b)
	return sum, err
}

// sorted returns the names in m, sorted.
func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
