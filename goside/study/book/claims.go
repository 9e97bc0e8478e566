// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package book

import (
	"fmt"

	"toll/goside/page"
)

// claims are what the book says of one way to fit its lines over another. All compare times of the whole.
var claims = []page.Claim{
	faster("Dask on processes makes apply(raw=True) almost 5 times as fast, on 4 cores.", "dask", "lstsq-apply-raw", 5.3/1.2),
	faster("Dask wants processes here, not threads, because of the GIL.", "dask", "dask-threads", 0),
	faster("Swifter makes apply(raw=True) 3 times as fast for one line of code, on 4 cores.", "swifter", "lstsq-apply-raw", 5.3/1.6),
	faster("Dask is faster than Swifter for this function.", "dask", "swifter", 0),
}

// faster claims that one language is faster than another, by so many times unless that is 0.
func faster(text, lang, than string, times float64) page.Claim {
	return page.Claim{
		Text:  text,
		Title: "High Performance Python, 2nd edition, chapter 10",
		Here:  func(p *page.Page) (found, verdict string) { return judge(p, lang, than, times) },
	}
}

// judge compares the times of two languages.
func judge(p *page.Page, lang, than string, times float64) (found, verdict string) {
	find := func(lang string) *figure {
		for _, b := range published[linesTable].rows {
			if b.lang == lang {
				f := figureOf(p.Baseline, p.Rows(benchmark), "ols", "row", b.route())
				f.tableRow = b
				return &f
			}
		}
		return &figure{}
	}
	f, g := find(lang), find(than)
	if f.row == nil || g.row == nil {
		return "", ""
	}
	ratio := g.over(f)
	found = fmt.Sprintf("%s times as fast: %s against %s", page.Significant(ratio.Median), page.Nanoseconds(f.time.Median),
		page.Nanoseconds(g.time.Median))
	switch {
	case !distinct(ratio):
		return found, "no difference here"
	case ratio.Median < 1:
		return found, page.Verdict(false)
	case ratio.Median < times*0.9:
		return found, "holds, but by less here"
	}
	return found, page.Verdict(true)
}
