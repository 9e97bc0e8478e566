// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package openmp

import (
	"fmt"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

// answerCallers says what the first job's callers make of threads and calls, and what one thread for all of them gives.
func answerCallers(p *page.Page) string {
	rows := p.Rows(gridName)
	all := groupsOf(rows)
	if len(all) == 0 {
		return ""
	}
	each, held := find(all, all[0].job, "c-omp", byEach), find(all, all[0].job, "c-omp", byOne)
	if each == nil || held == nil {
		return ""
	}
	alone := each.row("1")
	if alone == nil {
		return ""
	}
	many := ""
	for _, r := range held.rows { // the last number of callers that the grid has; a larger one is there for its pools only
		if n := callersOf(r); many == "" || r.Number("callers") < poolsTried {
			many = n
		}
	}
	crowd, one := each.row(many), held.row(many)
	if crowd == nil || one == nil {
		return ""
	}
	floor := record.Floor(rows)
	slower, ok := record.WallRatio(alone, crowd)
	gain, alsoOK := record.WallRatio(crowd, one)
	if !ok || !alsoOK {
		return ""
	}
	return fmt.Sprintf("With %s callers on %s each, the process has %s at most, where one caller makes it %s; %s threads want each core. "+
		"Throughput of a %s, relative to one caller: %s. With all calls from one locked thread, the process has %s, "+
		"and throughput relative to calls by the callers themselves is %s.",
		many, page.Count(each.threads, "thread"), page.Count(whole(crowd, "threads-most"), "thread"), whole(alone, "threads-most"),
		page.Significant(crowd.More("running").Median), each.job, times(slower, floor), page.Count(whole(one, "threads-most"), "thread"),
		times(gain, floor))
}

// times shows a ratio in a sentence.
func times(ratio measure.Interval, floor float64) string {
	text := fmt.Sprintf("%sx%s", page.Factor(ratio.Median), page.Between(ratio))
	if !ratio.Differs(floor) {
		text += ", indistinguishable from 1"
	}
	return text
}

// answerSettings says where each variable makes a difference.
func answerSettings(p *page.Page) string {
	rows := p.Rows(settingsName)
	if len(rows) == 0 {
		return ""
	}
	return saySettings(rows)
}
