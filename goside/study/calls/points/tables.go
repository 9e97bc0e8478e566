// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package points

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"

	"toll/goside/cost"
	"toll/goside/page"
	"toll/goside/record"
)

//go:embed text.md
var text string

var prose = page.NewProse(text)

// tables prints how good predictions are.
func tables(p *page.Page) {
	all := cost.New(p.Record).Check(p.Record)
	if len(p.Rows(cost.Points)) == 0 {
		return
	}
	p.Heading("Is a prediction right?")
	if len(all) == 0 {
		p.Tell(prose, "unpredicted", nil)
		return
	}
	p.Tell(prose, "points", nil)
	var lines [][]page.Cell
	for _, of := range all {
		best, predicted := of.Measured(), of.Predicted()
		var rows []*record.Row
		for k := range of.Each {
			rows = append(rows, of.Each[k].Row)
		}
		right := "no"
		switch same, within := of.Right(); {
		case same:
			right = "yes"
		case within:
			right = "~"
		}
		lines = append(lines, []page.Cell{
			page.Word(label(of)), page.Word(best.Crossing.Name()), page.Figure(page.TimeAndSpread(best.Measured), best.Row),
			page.Figure(page.TimeAndSpread(best.Predicted), best.Crossing.Rows...), page.Figure(page.Share(record.MiddleOf(of.Errors())), rows...),
			page.Word(predicted.Crossing.Name()), page.Word(right),
		})
	}
	p.Wide("", []string{"a call", "fastest", "measured", "predicted", "error of all", "predicted fastest", "right"}, lines)
	p.Say("%s", say(cost.Judge(all)))
}

// label says what a call is.
func label(p *cost.Point) string {
	var text string
	switch n := strconv.FormatFloat(p.N, 'f', -1, 64); p.Op {
	case "sum":
		text = page.BytesOf(n) + " in"
	case "fill":
		text = page.BytesOf(n) + " out"
	case "batch":
		text = fmt.Sprintf("batch of %s, %s in, %s out", n, page.Binary(16*p.N), page.Binary(8*p.N))
	case "spin":
		text = page.Nanoseconds(p.N) + " of work"
	default:
		text = "an int64"
	}
	if p.Rate > 0 {
		text += fmt.Sprintf(", %.0f/s", p.Rate)
	}
	return text
}

// say is the check in words.
func say(v cost.Verdict) string {
	share := func(x float64) string {
		if math.IsInf(x, 0) || math.IsNaN(x) {
			return "?"
		}
		return page.Share(x)
	}
	ninth := v.Errors[int(0.9*float64(len(v.Errors)))]
	parts := ""
	if len(v.Within) > 0 && len(v.Process) > 0 {
		parts = fmt.Sprintf(" (%s within the process, %s to another process)", share(record.MiddleOf(v.Within)), share(record.MiddleOf(v.Process)))
	}
	return fmt.Sprintf("Of %d calls that no model was fitted to, the predicted cost is within %s in the median of all crossings%s, and within %s in 90 %%. "+
		"The predicted winner is the measured one in %d, and that or not told from it in %d. Who follows the prediction loses at most %s.",
		v.Points, share(record.MiddleOf(v.Errors)), parts, share(ninth), v.Same, v.Right, share(v.Loss))
}

func answer(p *page.Page) string {
	if all := cost.New(p.Record).Check(p.Record); len(all) > 0 {
		return say(cost.Judge(all))
	}
	return ""
}
