// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"slices"
	"strings"
)

// nearest returns up to n names that resemble one, the nearest first.
func nearest(name string, names []string, n int) []string {
	type near struct {
		name     string
		distance int
	}
	var list []near
	folded, limit := fold(name), len(name)/4+1
	for _, candidate := range names {
		d := distance(name, candidate, limit)
		if fold(candidate) == folded {
			d = 0 // the same letters
		}
		if d <= limit && d < len(name) {
			list = append(list, near{candidate, d})
		}
	}
	slices.SortStableFunc(list, func(a, b near) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return common(name, b.name) - common(name, a.name)
	})
	found := make([]string, 0, n)
	for _, l := range list[:min(n, len(list))] {
		found = append(found, l.name)
	}
	return found
}

// common returns how many letters two words begin with alike.
func common(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// fold leaves of a name what people remember: letters and digits, in lower case.
func fold(name string) string {
	return strings.ToLower(strings.ReplaceAll(name, "_", ""))
}

// distance returns how many letters must be put in, taken out or replaced to make one word of another, more than the limit
// if it is more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
