// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package argument

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"toll/goside/try/prototype"
)

// mostSizes is how many sizes a sweep may have: each is measured through each crossing.
const mostSizes = 16

// sweep takes up which argument varies. An integer is the size itself; of a buffer it is the COUNT.
func (p *Plan) sweep(all []string, said []bool) error {
	if len(all) == 0 {
		return nil
	}
	if len(all) > 1 {
		return fmt.Errorf("argument: %s and %s are swept, want one of them", all[0], all[1])
	}
	name, spec, found := strings.Cut(all[0], "=")
	if !found {
		return fmt.Errorf("argument: sweep %q is no NAME=FROM:TO, such as n=1:1e6", all[0])
	}
	k, err := p.find(name)
	if err != nil {
		return err
	}
	a := &p.Arguments[k]
	if p.Sizes, err = parseSizes(spec); err != nil {
		return fmt.Errorf("argument: sweep of %s: %w", a.Name, err)
	}
	p.Sweep = a.Name
	t := integer(p.Function, k)
	switch {
	case t == nil && a.Type.Kind == prototype.Pointer:
		return nil
	case t == nil:
		return fmt.Errorf("argument: %s is swept, and it is a %s, want an integer or a buffer", a.Name, a.Type)
	case said[k]:
		return fmt.Errorf("argument: %s is %s and is swept, want one of them", a.Name, a.Spec)
	}
	a.Spec, said[k] = fmt.Sprint(p.Sizes[0]), true
	for _, size := range p.Sizes {
		if err := within(whole(size), t); err != nil {
			return fmt.Errorf("argument: sweep of %s: %s is %d, %w", a.Name, a.Name, size, err)
		}
	}
	return nil
}

// sweepable says why the argument that is swept cannot vary.
func (p *Plan) sweepable(sources []source) error {
	for k, a := range p.Arguments {
		if a.Name == p.Sweep && integer(p.Function, k) == nil && sources[k].count == "" {
			return fmt.Errorf("argument: %s is swept, and it is %s, want a number of elements that can vary, such as %s=random:1000",
				a.Name, a.Spec, a.Name)
		}
	}
	return nil
}

// parseSizes reads 1:1e6, 1:1e6:x2 or 1,16,256.
func parseSizes(spec string) ([]int64, error) {
	parts := strings.Split(spec, ":")
	if len(parts) == 1 {
		var sizes []int64
		for part := range strings.SplitSeq(spec, ",") {
			size, err := parseSize(part)
			if err != nil {
				return nil, err
			}
			if slices.Contains(sizes, size) {
				return nil, fmt.Errorf("found %d twice, want each size once", size)
			}
			sizes = append(sizes, size)
		}
		if len(sizes) > mostSizes {
			return nil, fmt.Errorf("found %d sizes, want at most %d", len(sizes), mostSizes)
		}
		return sizes, nil
	}
	if len(parts) > 3 {
		return nil, fmt.Errorf("found %q, want FROM:TO, FROM:TO:xFACTOR or sizes with commas between them", spec)
	}
	from, err := parseSize(parts[0])
	if err != nil {
		return nil, err
	}
	to, err := parseSize(parts[1])
	if err != nil {
		return nil, err
	}
	factor := int64(10)
	if len(parts) == 3 {
		text, found := strings.CutPrefix(strings.TrimSpace(parts[2]), "x")
		if factor, err = parseSize(text); !found || err != nil || factor < 2 {
			return nil, fmt.Errorf("found %q, want a factor of 2 or more, such as x2", parts[2])
		}
	}
	if from < 1 || to < from {
		return nil, fmt.Errorf("found %d to %d, want from 1 or more to no less than that", from, to)
	}
	sizes := geometric(from, to, factor)
	if len(sizes) > mostSizes {
		for factor++; len(geometric(from, to, factor)) > mostSizes; factor++ {
		}
		return nil, fmt.Errorf("found %d sizes, want at most %d: take a factor such as x%d", len(sizes), mostSizes, factor)
	}
	return sizes, nil
}

// geometric returns from, from*factor … and to.
func geometric(from, to, factor int64) []int64 {
	var sizes []int64
	for size := from; size < to; size *= factor {
		sizes = append(sizes, size)
		if size > to/factor {
			break
		}
	}
	return append(sizes, to)
}

func parseSize(text string) (int64, error) {
	n, err := parseNumber(strings.TrimSpace(text))
	if err != nil {
		return 0, err
	}
	if n.whole == nil || !n.whole.IsInt64() || n.whole.Sign() < 0 || n.whole.Int64() > math.MaxInt64/2 {
		return 0, fmt.Errorf("found %s, want an integer from 0", n.text)
	}
	return n.whole.Int64(), nil
}
