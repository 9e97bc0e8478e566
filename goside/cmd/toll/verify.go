// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"toll/goside/conform"
	"toll/goside/level"
	"toll/goside/registry"
	"toll/goside/seam"
	"toll/goside/study"
)

// verified is a result as toll verify --json prints it.
type verified struct {
	Route   string          `json:"route"`
	Kernel  string          `json:"kernel,omitempty"`
	Layout  string          `json:"layout,omitempty"`
	Verdict conform.Verdict `json:"verdict"`
	Cases   int             `json:"cases"`
	Failed  int             `json:"failed"`    // cases, of those
	Worst   float64         `json:"worst_ulp"` // of the magnitude of the terms summed
	Bound   float64         `json:"bound_ulp"`
	Cause   string          `json:"cause,omitempty"` // of the bound
	Reasons []string        `json:"reasons,omitempty"`
}

func verifyCommand() *cobra.Command {
	var kernels, patterns []string
	var asJSON, large bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Verify every route against the reference, bit for bit",
		Long: `Verify runs the conformance suite: odd and degenerate shapes, padding, sub-ranges, both layouts, bad
arguments, and the book's own problems. Without --route it verifies each level of the tuned languages, too;
a pattern matches levels only if it matches no other route: '*-avx2/*'.

The exit code is 0 only if every row holds, and 3 if those that do not hold are all unavailable. Without --route, levels
that the processor lacks count for neither. An interrupt (Ctrl-C) ends it early: the rows that are complete are shown.

--json prints a list of rows: route, kernel, layout, verdict (bit-identical, within bound, failed, unavailable), cases, failed
(of these), worst_ulp, bound_ulp, cause (of the bound), reasons.`,
		Example: `  toll verify --kernel julia --route 'rust/*'
  toll verify --route c/cgo --json > verdicts.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			routes, err := toVerify(patterns)
			if err != nil {
				return err
			}
			if large {
				for k, r := range routes {
					routes[k] = r.Whole()
				}
			}
			results, cut := study.Verify(routes, kernels)
			if results == nil {
				return cut
			}
			if asJSON {
				err = study.WriteJSON(cmd.OutOrStdout(), toJSON(results))
			} else {
				printResults(cmd.OutOrStdout(), results)
			}
			if err != nil {
				return err
			}
			return errors.Join(cut, outcome(results, patterns != nil))
		},
	}
	c.Flags().StringSliceVar(&kernels, "kernel", []string{"*"}, "kernels to verify: call, diffusion, julia, ols, or patterns")
	c.Flags().StringSliceVar(&patterns, "route", nil, "routes to verify: names or patterns such as '*/purego' (default all)")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&large, "large", false, "also run the 100,000-line case on routes that make one Python call per line; adds five minutes")
	return c
}

// toVerify returns the routes that match the patterns, or all.
func toVerify(patterns []string) ([]*seam.Route, error) {
	if patterns == nil {
		return slices.Clone(registry.All()), nil
	}
	return registry.Match(patterns)
}

// outcome returns an error unless all hold. It is [study.ErrReported] if one failed. Levels that the processor lacks may be
// missing unless the routes were asked for.
func outcome(results []conform.Result, asked bool) error {
	lacking := 0
	for k := range results {
		switch results[k].Verdict() {
		case conform.Failed:
			return study.ErrReported
		case conform.Unavailable:
			if asked || !level.Lacks(results[k].Route.Lang) {
				lacking++
			}
		}
	}
	if lacking > 0 {
		return fmt.Errorf("%w: %d of %d rows were not verified", seam.ErrUnavailable, lacking, len(results))
	}
	return nil
}

func toJSON(results []conform.Result) []verified {
	all := []verified{}
	for k := range results {
		r := &results[k]
		v := verified{Route: r.Route.Name(), Kernel: r.Kernel, Layout: r.Layout, Verdict: r.Verdict(), Cases: r.Cases, Failed: len(r.Failures), Worst: r.Worst}
		if b := r.Route.BoundOn(r.Kernel); b != nil {
			v.Bound, v.Cause = b.ULP, b.Cause
		}
		if r.Err != nil {
			v.Reasons = []string{r.Err.Error()}
		}
		for _, f := range r.Failures {
			v.Reasons = append(v.Reasons, f.Error())
		}
		all = append(all, v)
	}
	return all
}

// printResults prints a row for each route, a column for each kernel and layout, and what does not hold.
func printResults(out io.Writer, results []conform.Result) {
	colours := map[conform.Verdict]text.Color{conform.Identical: text.FgGreen, conform.Bounded: text.FgGreen,
		conform.Failed: text.FgRed, conform.Unavailable: text.FgYellow}
	coloured := colourful(out)
	count := map[conform.Verdict]int{}
	var routes, columns, reasons, bounds, spared, sampled []string
	bounded := map[string][]string{} // by what is said of the bound, the routes
	failing := map[string][]string{} // by the error of opening them
	cells := map[[2]string]string{}
	add := func(all *[]string, s string) {
		if !slices.Contains(*all, s) {
			*all = append(*all, s)
		}
	}
	for k := range results {
		r := &results[k]
		verdict := r.Verdict()
		count[verdict]++
		route, column := r.Route.Name(), strings.TrimSuffix(r.Kernel+" "+r.Layout, " -")
		add(&routes, route)
		switch {
		case r.Route.Sampled:
			add(&sampled, route)
		case r.Route.Slow && r.Kernel == "ols":
			add(&spared, route)
		}
		if r.Kernel != "" {
			add(&columns, column)
		}
		var cell string
		switch verdict {
		case conform.Identical:
			cell = fmt.Sprintf("%d identical", r.Cases)
		case conform.Bounded:
			cell = fmt.Sprintf("%d within %.2g ULP", r.Cases, r.Worst)
			b := r.Route.Bound
			more := ""
			if b.Grows > 0 {
				more = fmt.Sprintf(", and %.3g more for each observation in a row", b.Grows)
			}
			says := fmt.Sprintf("may be %.3g ULP off on %s%s: %s", b.ULP, b.Kernel, more, b.Cause)
			add(&bounds, says)
			if of := bounded[says]; !slices.Contains(of, route) {
				bounded[says] = append(of, route)
			}
		default:
			cell = string(verdict)
			lacks := level.Lacking(r.Route.Lang)
			switch {
			case verdict == conform.Unavailable && lacks != "" && strings.HasSuffix(r.Err.Error(), lacks):
				cell += ": " + lacks
			case r.Err != nil:
				why := strings.TrimRight(r.Err.Error(), "\n")
				add(&reasons, why)
				failing[why] = append(failing[why], route)
			default:
				cell = r.Failed() + " failed"
				add(&reasons, strings.TrimRight(r.Reason().Error(), "\n"))
			}
		}
		cells[[2]string{route, column}] = paint(coloured, colours[verdict], cell)
	}
	if columns == nil { // none of the routes is there
		columns = []string{""}
	}
	header := []any{"route"}
	for _, column := range columns {
		header = append(header, column)
	}
	t := newTable(out, header...)
	for _, route := range routes {
		row := table.Row{route}
		for _, column := range columns {
			row = append(row, cells[[2]string{route, column}])
		}
		if whole := cells[[2]string{route, " "}]; whole != "" {
			row[1] = whole
		}
		t.AppendRow(row)
	}
	t.Render()
	for _, says := range bounds {
		fmt.Fprintln(out, strings.Join(bounded[says], ", "), says)
	}
	if len(sampled) > 0 {
		fmt.Fprintf(out, "%s had to do one case in %d, see --large\n", strings.Join(sampled, ", "), conform.Sampled)
	}
	if len(spared) > 0 {
		fmt.Fprintln(out, strings.Join(spared, ", "), "were spared the large case, see --large")
	}
	for _, line := range reasons {
		if routes := failing[line]; routes != nil {
			line = strings.Join(routes, ", ") + ": " + line
		}
		fmt.Fprintln(out, line)
	}
	if len(bounds) > 0 {
		fmt.Fprintln(out, "ULP are units in the last place: on ols of the magnitude of the terms that are summed, on julia of 4.")
	}
	total := func(v conform.Verdict, what string) string {
		return paint(coloured && count[v] > 0, colours[v], fmt.Sprintf("%d %s", count[v], what))
	}
	fmt.Fprintf(out, "%s, %s, %s, %s\n", total(conform.Identical, "bit-identical"), total(conform.Bounded, "within declared bound"),
		total(conform.Failed, "failed"), total(conform.Unavailable, "unavailable"))
}
