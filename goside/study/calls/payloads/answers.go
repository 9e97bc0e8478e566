// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"fmt"
	"math"

	"toll/goside/page"
)

func answerCrossings(p *page.Page) string {
	s := newPassed(p)
	text := s.passesNothing()
	if text == "" || s.timesOf(s.find("noop", "1")) == "" {
		return ""
	}
	slice := s.find("first", "4096")
	if list := s.through(func(via string) string {
		if copying[via] {
			return "" // its size matters
		}
		return nanoseconds(slice.median(via))
	}); list != "" {
		text += ". One that passes a slice, of whatever size, takes " + list
	}
	return text + "."
}

func answerArguments(p *page.Page) string {
	s := newPassed(p)
	one, many := s.find("ints", "1"), s.find("ints", "15")
	text := s.added(many, one, 14)
	if text == "" {
		return ""
	}
	text = "Each further integer, up to 15, adds " + text + "."
	objects := s.through(func(via string) string {
		_, before, ok := one.allocated(via)
		_, after, also := many.allocated(via)
		if !ok || !also {
			return ""
		}
		return fmt.Sprintf("%.3g", math.Abs(math.Round((after-before)/14*10)/10))
	})
	return text + " Objects allocated for each: " + objects + "."
}

func answerCallbacks(p *page.Page) string {
	text := newPassed(p).perCallback("next")
	if text == "" {
		return ""
	}
	return "From C into Go, on the thread that Go called C on: " + text + "."
}

func answerModel(p *page.Page) string {
	var parts []string
	for _, f := range newPassed(p).fits() {
		parts = append(parts, fmt.Sprintf("%s through %s", page.Share(f.median()), page.CrossingName(f.via)))
	}
	if parts == nil {
		return ""
	}
	return "A linear model (call + arguments + result + bytes + callbacks) predicts held-out payloads with a median error of " + page.Joined(parts) + "."
}
