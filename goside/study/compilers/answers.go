// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package compilers

import (
	"fmt"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/record"
)

var answers = []page.Question{
	{Text: "Do all compilers return the same bits?", Answer: answerBits},
	{Text: "Which flags change the bits, and which mend them?", Answer: answerFlags},
	{Text: "How much does the compiler matter to speed?", Answer: answerSpeed},
	{Text: "What does the rule cost?", Answer: answerCost},
}

// others reports whether the record has more than the defaults.
func others(p *page.Page) bool {
	return slices.ContainsFunc(p.Rows(benchmark), func(r *record.Row) bool { return r.Get("build") != standard })
}

func answerBits(p *page.Page) string {
	if !others(p) {
		return ""
	}
	var compilers, wrong []string
	count := 0
	for _, l := range languages {
		for _, b := range builds(p, l.lang, func(b *of) bool { return b.rule() == keeps }) {
			count++
			compilers = record.AppendNew(compilers, shortened(b.any().Facts["compiler"]))
			if b.wrong() {
				wrong = append(wrong, l.title+" by "+b.named())
			}
		}
	}
	if wrong == nil {
		return fmt.Sprintf("Yes, if their flags keep the rule. All %d such builds return the reference's bits in all cases. They are by %d releases of compilers: %s.", count, len(compilers), strings.Join(compilers, ", "))
	}
	return fmt.Sprintf("No. Of %d builds whose flags keep the rule, %d return other bits: %s.", count, len(wrong), strings.Join(wrong, "; "))
}

// pairs returns the builds that break the rule, each with those that mend it.
func pairs(p *page.Page) (broken []*of, mended [][]*of) {
	for _, l := range languages {
		here := builds(p, l.lang, all)
		for _, b := range here {
			if b.rule() != breaks {
				continue
			}
			broken = append(broken, b)
			mended = append(mended, slices.DeleteFunc(slices.Clone(here), func(m *of) bool { return m.rule() != mends+b.name }))
		}
	}
	return broken, mended
}

// ways are those of breaking the rule: by a flag, or else by what compilers do unless -ffp-contract=off forbids it.
var ways = []struct{ title, flags, mended string }{
	{"Contraction, which is the default of most compilers,", "", "-ffp-contract=off (in GCC also -std=c11)"},
	{"Fast math", "-Ofast -ffast-math", "-fno-fast-math with -ffp-contract=off"},
	{"Reassociation", "-fassociative-math", "-fno-associative-math"},
	{"LLVM's own contraction, which Rust has only if told,", "llvm-args=-fp-contract=fast", "llvm-args=-fp-contract=off"},
	{"The x87 unit", "-mfpmath=387", "-mfpmath=sse"},
}

// wayOf returns by which of the ways a build breaks the rule.
func wayOf(b *of) int {
	flags := strings.Fields(b.any().Facts["flags"])
	for k, w := range ways {
		for flag := range strings.FieldsSeq(w.flags) {
			if slices.Contains(flags, flag) {
				return k
			}
		}
	}
	return 0
}

func answerFlags(p *page.Page) string {
	broken, mended := pairs(p)
	if broken == nil {
		return ""
	}
	var says []string
	for k, w := range ways {
		var change, not, fail []string
		holds, tried := 0, 0
		for at, b := range broken {
			switch {
			case wayOf(b) != k:
				continue
			case b.wrong():
				change = record.AppendNew(change, b.compiler())
			default:
				not = append(not, b.named())
			}
			for _, m := range mended[at] {
				tried++
				if m.wrong() {
					fail = append(fail, m.named())
				} else {
					holds++
				}
			}
		}
		if change != nil {
			says = append(says, fmt.Sprintf("%s changes bits by %s; %s mends %d of %d builds.", w.title, page.Joined(change), w.mended, holds, tried))
		}
		if fail != nil {
			says = append(says, fmt.Sprintf("It does not mend %s.", page.Joined(fail)))
		}
		if not != nil {
			says = append(says, fmt.Sprintf("No bit changes by %s.", page.Joined(not)))
		}
	}
	return strings.Join(says, " ")
}

func answerSpeed(p *page.Page) string {
	if !others(p) {
		return ""
	}
	var says []string
	for k, kernel := range kernels {
		var fastest, slowest *of
		var least, most measure.Interval
		for _, b := range builds(p, "c", func(b *of) bool {
			return b.rule() == keeps && b.name != standard && !strings.Contains(b.flags(), "-O0")
		}) {
			r := b.rows[k]
			if r == nil {
				continue
			}
			base, _ := held(p.Rows(benchmark), r)
			ratio, ok := record.WallRatio(r, base)
			if !ok {
				continue
			}
			if fastest == nil || ratio.Median < least.Median {
				fastest, least = b, ratio
			}
			if slowest == nil || ratio.Median > most.Median {
				slowest, most = b, ratio
			}
		}
		if fastest != nil {
			says = append(says, fmt.Sprintf("%s takes %.2f to %.2f times as long as the default: least by %s with %s, most by %s with %s", kernel, least.Median, most.Median,
				fastest.compiler(), fastest.flags(), slowest.compiler(), slowest.flags()))
		}
	}
	if says == nil {
		return ""
	}
	return "Of the plain C loops, compiled with -O2 or more: " + strings.Join(says, "; ") + "."
}

// answerCost says what mended builds take, relative to those that break the rule. Those on the x87 unit are slow, and do not count.
func answerCost(p *page.Page) string {
	broken, mended := pairs(p)
	var says []string
	for at, kernel := range kernels {
		least, most := measure.Interval{}, measure.Interval{}
		var by *of
		for k, b := range broken {
			if !b.wrong() || wayOf(b) == len(ways)-1 {
				continue
			}
			for _, m := range mended[k] {
				if m.wrong() {
					continue
				}
				ratio, ok := record.WallRatio(m.rows[at], b.rows[at])
				if !ok {
					continue
				}
				if by == nil || ratio.Median < least.Median {
					least = ratio
				}
				if by == nil || ratio.Median > most.Median {
					most, by = ratio, b
				}
			}
		}
		if by != nil {
			says = append(says, fmt.Sprintf("%s %.2f to %.2f times as long, the most beside %s", kernel, least.Median, most.Median, by.named()))
		}
	}
	if says == nil {
		return ""
	}
	return "Mended builds take, relative to those that break the rule: " + strings.Join(says, "; ") + "."
}
