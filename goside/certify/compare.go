// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package certify

import (
	"fmt"
	"strings"

	"toll/goside/conform"
	"toll/goside/kernel"
	"toll/goside/kernel/rounding"
)

// Comparison is what two certificates say of each other.
type Comparison struct {
	Both   int      // problems that both have
	Differ []string // of these, the names of those whose references differ
	Here   int      // problems that only the first has
	There  int      // problems that only the second has
	Routes int      // routes that both computed
	Lines  []string // what differs, a line for each kernel and route
}

// Equal reports whether nothing differs of what both have.
func (c *Comparison) Equal() bool { return c.Both > 0 && len(c.Lines) == 0 }

// Compare compares the certificate of this machine, or of any, with another one. Names are what the two are called.
func Compare(here, there *Certificate, nameHere, nameThere string) *Comparison {
	c := &Comparison{}
	theirs := map[string]Sum{}
	for _, p := range there.Problems {
		theirs[p.Name] = p.Sum
	}
	ours := map[string]Sum{}
	for _, p := range here.Problems {
		ours[p.Name] = p.Sum
		sum, ok := theirs[p.Name]
		switch {
		case !ok:
			c.Here++
			continue
		case sum != p.Sum:
			c.Differ = append(c.Differ, p.Name)
		}
		c.Both++
	}
	c.There = len(there.Problems) - c.Both
	c.references(ours, theirs, nameHere, nameThere)
	at := map[string]*Route{}
	for k := range there.Routes {
		at[there.Routes[k].Name] = &there.Routes[k]
	}
	computed := func(r *Route) bool { return r != nil && r.State != Unavailable }
	for k := range here.Routes {
		ours := &here.Routes[k]
		theirs := at[ours.Name]
		switch {
		case computed(ours) && computed(theirs):
			c.Routes++
			c.routes(ours, theirs, nameHere, nameThere)
		case computed(ours):
			c.alone(ours, nameHere)
		case computed(theirs):
			c.alone(theirs, nameThere)
		}
		delete(at, ours.Name)
	}
	for _, name := range sorted(at) {
		if computed(at[name]) {
			c.alone(at[name], nameThere)
		}
	}
	return c
}

// alone says of a route that only one has whether it differs from the reference there.
func (c *Comparison) alone(r *Route, name string) {
	if r.State == Differs {
		c.differs(r, name)
	}
}

// references says for each kernel which problems' references differ, and why.
func (c *Comparison) references(ours, theirs map[string]Sum, nameHere, nameThere string) {
	differ := map[string][]string{}
	both := map[string]int{}
	for name := range ours {
		if _, ok := theirs[name]; ok {
			both[kernelOf(name)]++
		}
	}
	for _, name := range c.Differ {
		differ[kernelOf(name)] = append(differ[kernelOf(name)], name)
	}
	cases := map[string]*kernel.Case{}
	if len(c.Differ) > 0 {
		all := kernel.Cases()
		for k := range all {
			cases[all[k].String()] = &all[k]
		}
	}
	for _, of := range sorted(differ) {
		text := fmt.Sprintf("go/direct, the reference: %d of %d problems of %s differ, the first %s",
			len(differ[of]), both[of], of, differ[of][0])
		text += "; " + reason(telling(differ[of], cases), ours, theirs, nameHere, nameThere)
		c.Lines = append(c.Lines, text)
	}
}

// telling returns that of the problems which says most about a cause: the largest for which it can be found in seconds. It
// is nil if there is none that this Toll knows.
func telling(names []string, cases map[string]*kernel.Case) (found *kernel.Case) {
	most := -1.0
	for _, name := range names {
		c := cases[name]
		if c == nil {
			continue
		}
		if cost := rounding.Cost(c); cost > most && cost <= affordable {
			found, most = c, cost
		}
	}
	return found
}

// reason says which of the two references is right on a problem, and what the other did.
func reason(c *kernel.Case, ours, theirs map[string]Sum, nameHere, nameThere string) string {
	if c == nil {
		return "this Toll knows none of them that is small enough to look for the cause"
	}
	name := c.String()
	mine, other := rounding.ExplainHash(c, conform.Sum, ours[name]), rounding.ExplainHash(c, conform.Sum, theirs[name])
	right := func(of *rounding.Cause) bool { return of.Way != nil && of.Way.Cause == "" }
	exact, off, cause := nameHere, nameThere, other
	switch {
	case right(mine):
	case right(other):
		exact, off, cause = nameThere, nameHere, mine
	default:
		return fmt.Sprintf("on %s neither has what exact arithmetic gives", name)
	}
	if cause.Way == nil {
		return fmt.Sprintf("on %s %s has what exact arithmetic gives, and %s something that no known cause explains", name, exact, off)
	}
	apart := fmt.Sprintf("at most %d ULP apart", cause.Largest)
	if c.Kernel == "julia" {
		apart = fmt.Sprintf("counts at most %d apart", cause.Largest)
	}
	return fmt.Sprintf("%s has what exact arithmetic gives; the cause at %s: %s, %s, on %s", exact, off, says(cause), apart, name)
}

// routes says what a route differs in.
func (c *Comparison) routes(ours, theirs *Route, nameHere, nameThere string) {
	of := func(r *Route) map[string]Sum {
		m := map[string]Sum{}
		for _, d := range r.Differences {
			m[d.Problem] = d.Sum
		}
		return m
	}
	if ours.State != Differs && theirs.State != Differs {
		return
	}
	a, b := of(ours), of(theirs)
	equal := len(a) == len(b)
	for name, sum := range a {
		equal = equal && b[name] == sum
	}
	if equal && ours.State == theirs.State && len(a) > 0 {
		return // both are off alike: each certificate says so by itself
	}
	for _, side := range []struct {
		r    *Route
		name string
	}{{ours, nameHere}, {theirs, nameThere}} {
		if side.r.State == Differs {
			c.differs(side.r, side.name)
		}
	}
}

// differs says what a route differs in from the reference of its own machine, and why.
func (c *Comparison) differs(r *Route, name string) {
	var text strings.Builder
	fmt.Fprintf(&text, "%s at %s: %d problems differ from its reference", r.Name, name, len(r.Differences))
	if len(r.Differences) > 0 {
		fmt.Fprintf(&text, ", the first %s: %s", r.Differences[0].Problem, r.Differences[0].Says)
	}
	for _, cause := range r.Causes {
		fmt.Fprintf(&text, "\n  %s: %s", cause.Kernel, cause.Says)
	}
	c.Lines = append(c.Lines, text.String())
}

// kernelOf returns what a problem's name begins with.
func kernelOf(name string) string {
	before, _, _ := strings.Cut(name, "/")
	return before
}
