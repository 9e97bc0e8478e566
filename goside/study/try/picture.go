// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"gonum.org/v1/plot/vg"

	"toll/goside/chart"
	"toll/goside/measure"
	"toll/goside/record"
)

// pictureAlt says what the picture shows.
const pictureAlt = "What a call of the function costs: a bar for each crossing on a logarithmic scale, of which the part of the border is drawn apart"

// drawCalls draws a bar for each crossing, of each function.
func drawCalls(r *record.Record) (*chart.Picture, error) {
	var tolls []chart.Toll
	floor := 0.0
	all := groups(r)
	for _, g := range all {
		if len(g.calls) > 0 {
			floor = max(floor, g.floor)
		}
		for _, row := range g.calls {
			call := measure.Median(row.Wall())
			toll := chart.Toll{Name: label(row), Median: call.Median, Lo: call.Lo, Hi: call.Hi}
			if len(all) > 1 {
				toll.Name = g.name + ", " + toll.Name
			}
			if border := at(r.Of(borderName), row); border != nil {
				toll.Border = min(middle(border), call.Median)
			}
			tolls = append(tolls, toll)
		}
	}
	if tolls == nil {
		return nil, chart.ErrNothing
	}
	return chart.Tolls(tolls, floor, 7.5*vg.Inch), nil
}
