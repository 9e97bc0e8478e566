// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/perf/benchunit"

	"toll/goside/measure"
	"toll/goside/record"
)

// Nanoseconds shows a time with three significant digits in the unit that suits it: "34.1 ns", "1.20 ms".
// Package benchunit shows four, without a space: "34.10n".
func Nanoseconds(ns float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}} {
		if ns >= u.size {
			return Significant(ns/u.size) + " " + u.name
		}
	}
	return Significant(ns) + " ns"
}

// Verdict says whether a claim holds.
func Verdict(holds bool) string {
	if holds {
		return "holds"
	}
	return "does not hold"
}

// Nearly says whether a ratio is the published one, or within so much of it.
func Nearly(ratio measure.Interval, published, within float64) string {
	switch {
	case math.Abs(ratio.Median-published) <= within || ratio.Lo <= published && published <= ratio.Hi:
		return "holds"
	case ratio.Lo > 1 || ratio.Hi > 1 && ratio.Median > 1:
		return "does not hold"
	case ratio.Median > published:
		return "less than that here"
	}
	return "more than that here"
}

// Change returns a ratio as a change: "+1.3%".
func Change(ratio float64) string {
	if math.Abs(ratio-1) < 0.0005 {
		return "0.0%"
	}
	return fmt.Sprintf("%+.1f%%", 100*(ratio-1))
}

// Between shows a ratio's interval, "" if it has none: " (1.60 to 2.04)".
func Between(i measure.Interval) string {
	if math.IsInf(i.Hi, 0) {
		return ""
	}
	return fmt.Sprintf(" (%.2f to %.2f)", i.Lo, i.Hi)
}

// TimeAndSpread shows a time and half its interval.
func TimeAndSpread(i measure.Interval) string { return WithSpread(Nanoseconds(i.Median), i) }

// InWords shows a figure in a sentence, or between what it lies where that is far apart.
func InWords(i measure.Interval, show func(float64) string) string {
	if low, high := show(i.Lo), show(i.Hi); i.Unstable() && !math.IsInf(i.Hi, 0) && low != high {
		return low + " to " + high
	}
	return show(i.Median)
}

// Count shows a number of things with its noun: "1 goroutine", "100 goroutines".
func Count(n, noun string) string {
	if n == "1" {
		return n + " " + noun
	}
	return n + " " + noun + "s"
}

// WithSign shows a difference with its sign.
func WithSign(x float64, show func(float64) string) string {
	if x < 0 {
		return "−" + show(-x)
	}
	return "+" + show(x)
}

// Megabytes shows the size of a program or file, in powers of ten: "21.7 kB".
func Megabytes(bytes float64) string {
	if bytes < 1e6 {
		return Significant(bytes/1e3) + " kB"
	}
	return Significant(bytes/1e6) + " MB"
}

// InRounds returns in how many rounds a row was measured: "31 rounds".
func InRounds(r *record.Row) string {
	if len(r.Samples) == 1 {
		return "1 round"
	}
	return fmt.Sprintf("%d rounds", len(r.Samples))
}

// Share shows a part of one: "97%", "0.42%"; "?" if it is not known.
func Share(share float64) string {
	switch x := 100 * share; {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "?"
	case math.Abs(x) < 0.005:
		return "0%"
	case math.Abs(x) < 0.995:
		return fmt.Sprintf("%.2f%%", x)
	default:
		return fmt.Sprintf("%.0f%%", x)
	}
}

// EffectText says what the row takes more or less than the other.
func EffectText(e record.Effect) string {
	switch {
	case !e.Differs:
		return "no difference beyond noise"
	case e.Ratio.Median > 1:
		return Nanoseconds(math.Abs(e.Ns.Median)) + " more"
	}
	return Nanoseconds(math.Abs(e.Ns.Median)) + " less"
}

// FloorText says a noise floor in a sentence: "3 %"; "unknown size" if it is unknown.
func FloorText(floor float64) string {
	if math.IsInf(floor, 0) || math.IsNaN(floor) {
		return "unknown size"
	}
	return Share(floor)
}

// Joined joins phrases: "a, b and c".
func Joined(phrases []string) string {
	if len(phrases) < 2 {
		return strings.Join(phrases, "")
	}
	return strings.Join(phrases[:len(phrases)-1], ", ") + " and " + phrases[len(phrases)-1]
}

// FromTo returns "+1.2 to +2.0 ns".
func FromTo(least, most float64) string {
	from, to := fmt.Sprintf("%+.1f", least), fmt.Sprintf("%+.1f", most)
	if from == to {
		return to + " ns"
	}
	return from + " to " + to + " ns"
}

// Factor shows one: "41", "3.9", "1.02".
func Factor(x float64) string {
	switch {
	case x >= 9.95:
		return fmt.Sprintf("%.0f", x)
	case x >= 1.995:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// Squares shows the side of a square: "512²".
func Squares(n int) string { return fmt.Sprintf("%d²", n) }

// WithArticle returns a word with its article.
func WithArticle(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// PerElement shows a small number of things an element: "0", "0.25", "2.25", "0.0039".
func PerElement(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 0.001:
		return fmt.Sprintf("%.1e", x)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// ShareText returns "47% ±1%", half the interval in hundredths of the limit, and a mark if it is beyond 100 %.
func ShareText(share measure.Interval) string {
	half := "?"
	if !math.IsInf(share.Lo, 0) {
		half = fmt.Sprintf("%.0f", 100*(share.Hi-share.Lo)/2)
	}
	mark := ""
	if record.Beyond(share) {
		mark = "^"
	}
	return fmt.Sprintf("%.0f%% ±%s%%%s", 100*share.Median, half, mark)
}

// BytesOf shows a size in bytes that is written as a number.
func BytesOf(n string) string {
	size, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return n
	}
	return Binary(size)
}

// Binary shows a number of bytes: "4 KiB".
func Binary(bytes float64) string {
	unit := benchunit.CommonScale([]float64{bytes}, benchunit.Binary)
	return fmt.Sprintf("%.4g %sB", bytes/unit.Factor, unit.Prefix)
}

// crossings are what crossings are called: in sentences, and in tables and pictures of what a call costs.
var crossings = map[string]struct{ name, label string }{
	"direct":      {"plain Go", "plain Go"},
	"trampoline":  {"the trampoline", "trampoline: Go assembly, no cgo"},
	"syscalln":    {"purego's SyscallN", "purego, SyscallN"},
	"purego":      {"purego's RegisterFunc", "purego, RegisterFunc"},
	"libffi":      {"libffi", "libffi"},
	"wasm":        {"WebAssembly", "WebAssembly (wazero)"},
	"wasm-memory": {"WebAssembly in its own memory", "WebAssembly, in its own memory"},
	"cpython":     {"cpython", "embedded CPython"},
	"shm":         {"shared memory", "another process, by shared memory"},
	"shm-spin":    {"shared memory, spinning", "another process, by shared memory, spinning"},
	"socket":      {"a Unix socket", "another process, by a Unix socket"},
	"process":     {"process", "another process, by a pipe"},
	"grpc":        {"gRPC", "another process, by gRPC"},
}

// CrossingName is how a crossing is called in sentences.
func CrossingName(via string) string {
	if c, ok := crossings[via]; ok {
		return c.name
	}
	return via
}

// CrossingLabel is how a crossing is called in tables and pictures of what a call costs.
func CrossingLabel(via string) string {
	if c, ok := crossings[via]; ok {
		return c.label
	}
	return via
}

// Spread returns "±3%", half the interval in per cent, with a mark for an unstable one: "±13%!".
func Spread(i measure.Interval) string {
	half := i.Half()
	switch {
	case math.IsInf(half, 0) || math.IsNaN(half): // too few samples
		return "±?%"
	case i.Unstable():
		return fmt.Sprintf("±%.0f%%!", 100*half)
	}
	return fmt.Sprintf("±%.0f%%", 100*half)
}

// WithSpread shows a figure and the spread of what it was made of: "41.2 ±3%".
func WithSpread(figure string, i measure.Interval) string { return figure + " " + Spread(i) }

// Relative shows a ratio and its spread, with a mark if it is indistinguishable from 1: "~1.01 ±3%".
func Relative(ratio measure.Interval, differs bool) string {
	mark := "~"
	if differs {
		mark = ""
	}
	return mark + WithSpread(fmt.Sprintf("%.2f", ratio.Median), ratio)
}

// Significant returns x with three significant digits, without an exponent.
func Significant(x float64) string {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return fmt.Sprint(x)
	}
	return fmt.Sprintf("%.*f", max(0, 2-int(math.Floor(math.Log10(math.Abs(x))))), x)
}
