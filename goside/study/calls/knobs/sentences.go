// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/page"
	"toll/goside/record"
)

// say prints sentences, if there are any.
func (t *printer) say(sentences []string) {
	if sentences != nil {
		t.Say("%s", strings.Join(sentences, " "))
	}
}

// labelled is an effect on what its label says.
type labelled struct {
	label string
	record.Effect
}

// grouped says what calls take more or less than others, and of which that cannot be told.
func grouped(effects []labelled) string {
	var same, said []string
	for _, e := range effects {
		if e.Differs {
			said = append(said, fmt.Sprintf("%s (%s)", page.EffectText(e.Effect), e.label))
		} else {
			same = append(same, e.label)
		}
	}
	if same != nil {
		said = append(said, fmt.Sprintf("%s (%s)", page.EffectText(record.Effect{}), page.Joined(same)))
	}
	return strings.Join(said, "; ")
}

// agree returns one form of a word for one thing, another for several.
func agree(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

func (s *rows) sayDirectives() []string {
	var said []string
	for _, d := range directives[1:] {
		said = append(said, s.sayDirective(d.value)...)
	}
	return append(said, s.sayPinning()...)
}

// sayDirective says what directives give, in time and allocations.
func (s *rows) sayDirective(directives string) []string {
	var saved []string
	var others []pair
	var differences []float64 // ns, of others that differ by themselves
	for _, place := range places {
		base, with := place.choice("none"), place.choice(directives)
		e, ok := s.effect(with, base)
		if !ok {
			continue
		}
		bytes, objects := allocates(s.of[base])
		bytesWith, objectsWith := allocates(s.of[with])
		if objectsWith < objects {
			saved = append(saved, fmt.Sprintf("%s of %.0f B a call (%s: %s)",
				page.Count(fmt.Sprintf("%.0f", objects-objectsWith), "allocation"), bytes-bytesWith, place.label, page.EffectText(e)))
			continue
		}
		others = append(others, pair{s.of[with], s.of[base]})
		if e.Differs {
			differences = append(differences, e.Ns.Median)
		}
	}
	if others == nil && saved == nil {
		return nil
	}
	text := map[string]string{
		"noescape": "#cgo noescape alone saves ", "nocallback": "#cgo nocallback alone saves ", "both": "Both together save ",
	}[directives]
	lines := agree(len(others), "The only line", fmt.Sprintf("All %d lines together", len(others)))
	if saved == nil {
		text += "no allocation."
	} else {
		text += page.Joined(saved) + "."
		lines = agree(len(others), "The other line", fmt.Sprintf("The other %d lines together", len(others)))
	}
	said := []string{text}
	if others == nil {
		return said
	}
	if ratio, differs := s.pooled(others); differs {
		said = append(said, fmt.Sprintf("%s %s %.2f times the time.", lines, agree(len(others), "takes", "take"), ratio.Median))
	} else {
		said = append(said, fmt.Sprintf("%s %s no difference beyond noise.", lines, agree(len(others), "shows", "show")))
	}
	if n := len(differences); n > 0 && len(others) == 1 {
		said = append(said, fmt.Sprintf("By itself, it differs by %s.", page.FromTo(differences[0], differences[0])))
	} else if n > 0 {
		said = append(said, fmt.Sprintf("By %s, %d of them %s, by %s.",
			agree(n, "itself", "themselves"), n, agree(n, "differs", "differ"), page.FromTo(slices.Min(differences), slices.Max(differences))))
	}
	return said
}

// sayPinning says what pinning costs, without directives.
func (s *rows) sayPinning() []string {
	var said []string
	for _, of := range []struct{ op, text string }{
		{"first", "Against an array that is not pinned: "}, {"struct", "Against a struct whose target is pinned once for all calls: "},
	} {
		var costs []string
		for _, memory := range []struct{ value, when string }{
			{"pinned-once", "pinned once for all calls"}, {"pinned-each", "pinned for each call"}, {"pinned-new", "pinned for each call by a new Pinner"},
		} {
			if e, ok := s.effect(plain(of.op).but(choice{memory: memory.value}), plain(of.op)); ok {
				costs = append(costs, memory.when+", "+page.EffectText(e))
			}
		}
		if costs != nil {
			said = append(said, of.text+strings.Join(costs, "; ")+".")
		}
	}
	return said
}

func saySingleChanges(effects []labelled) []string {
	if effects == nil {
		return nil
	}
	byRatio := func(a, b labelled) int { return cmp.Compare(a.Ratio.Median, b.Ratio.Median) }
	same := 0
	for _, e := range effects {
		if !e.Differs {
			same++
		}
	}
	said := []string{fmt.Sprintf("Of %d single changes, %d %s no difference beyond noise.", len(effects), same, agree(same, "makes", "make"))}
	if len(effects) == 1 {
		said[0] = "The only single change makes " + map[bool]string{true: "a", false: "no"}[same == 0] + " difference beyond noise."
	}
	if dearest := slices.MaxFunc(effects, byRatio); dearest.Differs && dearest.Ratio.Median > 1 {
		said = append(said, fmt.Sprintf("The dearest takes %.2f times the time of the plain call: %s.", dearest.Ratio.Median, dearest.label))
	}
	if cheapest := slices.MinFunc(effects, byRatio); cheapest.Differs && cheapest.Ratio.Median < 1 {
		said = append(said, fmt.Sprintf("The cheapest takes %.2f times the time of the plain call: %s.", cheapest.Ratio.Median, cheapest.label))
	}
	return said
}

// gives says what a change of a call gives: "saves 16.1 ns and 1 allocation"; several if its subject is plural. It is "" if
// one of the calls is not there.
func (s *rows) gives(to, from choice, several bool) string {
	e, ok := s.effect(to, from)
	if !ok {
		return ""
	}
	var saves, adds []string
	list := func(less bool, what string) {
		if less {
			saves = append(saves, what)
		} else {
			adds = append(adds, what)
		}
	}
	if e.Differs {
		list(e.Ns.Median < 0, page.Nanoseconds(math.Abs(e.Ns.Median)))
	}
	_, before := allocates(s.of[from])
	_, after := allocates(s.of[to])
	if before != after {
		list(after < before, page.Count(fmt.Sprintf("%.0f", math.Abs(after-before)), "allocation"))
	}
	ending := "s"
	if several {
		ending = ""
	}
	var parts []string
	if saves != nil {
		parts = append(parts, "save"+ending+" "+page.Joined(saves))
	}
	if adds != nil {
		parts = append(parts, "add"+ending+" "+page.Joined(adds))
	}
	if parts == nil {
		return "make" + ending + " no measurable difference"
	}
	return strings.Join(parts, ", but ")
}
