// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package beside

import (
	"fmt"

	"toll/goside/page"
)

func answerWays(p *page.Page) string {
	s := newPassed(p)
	calls := s.of("noop", "1", "c/process", "c/socket", "c/shm", "c/shm-spin", "go/grpc")
	if len(calls) < 2 {
		return ""
	}
	text := fmt.Sprintf("A call of another process that passes nothing takes %s", page.Joined(calls))
	if own := s.of("noop", "1", "c/"+baseline); own != nil {
		text += fmt.Sprintf("; it takes %s within this one", own[0])
	}
	n := s.largest("sum")
	if bytes := s.of("sum", n, "c/process", "c/socket", "c/shm", "c/shm-memory", "go/grpc", "c/"+baseline); len(bytes) > 1 {
		text += fmt.Sprintf(". One that has %s read takes %s", page.BytesOf(n), page.Joined(bytes))
	}
	return text + "."
}

func answerSpinning(p *page.Page) string { return newStarved(p).say() }
