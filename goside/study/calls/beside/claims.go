// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
	"fmt"

	"toll/goside/measure"
	"toll/goside/page"
)

// Its source was read in November 2026.
var claims = []page.Claim{{
	Text:  "A call by hashicorp/go-plugin takes 42,339 ns.",
	Title: "uberswe, Golang Plugin Benchmark, undated",
	URL:   "https://github.com/uberswe/go-plugin-benchmark",
	Here:  pluginTakes,
}}

func pluginTakes(p *page.Page) (found, verdict string) {
	const published = 42339
	s := newPassed(p)
	parts := s.of("noop", "1", "go/netrpc", "go/grpc")
	r := s.row("go/netrpc", "noop", "1") // the protocol of the claim
	if r == nil {
		return "", ""
	}
	found = fmt.Sprintf("a call that passes nothing takes %s", page.Joined(parts))
	switch ratio := measure.Median(r.Wall()).Median / published; {
	case ratio > 1.5:
		return found, fmt.Sprintf("does not hold: %.1f times as long here", ratio)
	case ratio < 1/1.5:
		return found, fmt.Sprintf("does not hold: %.1f times too high", 1/ratio)
	}
	return found, "holds"
}
