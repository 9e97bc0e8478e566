// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package report

import (
	"bytes"
	"compress/gzip"
	"encoding/ascii85"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pack returns a record's text so that the page's script can make it again, byte for byte, in less than half the room that
// gzip alone leaves it: figures of the same benchmark differ by little, which text hides.
//
// The packed text has a first line, see below, and a line for each line, "=" and the line, or for all neighbouring lines of one benchmark, ">", what
// they begin with, their number, and for each unit a tab and how its column is packed:
//
//	UNIT =VALUE             all are this
//	UNIT "VALUE VALUE…      as they are
//	UNIT PLACES LEAST EXP   integers: 10^PLACES times what stands before EXP, less the least of them
//	UNIT ~PLACES LEAST EXP  the same of what is beyond the first such column
//
// After a zero byte the integers follow, in the order of columns, each as a varint: the first bytes of all, then the second bytes
// of those that have one, and so on, since gzip finds more in bytes that are alike. The first line says how many there are of
// each. All of this is in gzip, in Ascii85 with a v for each <, which would not be text in HTML.
func pack(text []byte) (string, error) {
	var lines []string
	var integers planes
	all := strings.Split(string(text), "\n")
	for k := 0; k < len(all); {
		head, units, _ := benchmark(all[k])
		if head == "" {
			lines = append(lines, "="+all[k])
			k++
			continue
		}
		columns := make([][]string, len(units))
		from := k
		for ; k < len(all); k++ {
			again, same, values := benchmark(all[k])
			if again != head || strings.Join(same, " ") != strings.Join(units, " ") {
				break
			}
			for at, value := range values {
				columns[at] = append(columns[at], value)
			}
		}
		var line strings.Builder
		fmt.Fprintf(&line, ">%s %d", head, k-from)
		var first *column
		for at, unit := range units {
			how, packed, c := packColumn(columns[at], first)
			if first == nil {
				first = c
			}
			fmt.Fprintf(&line, "\t%s %s", unit, how)
			integers.add(packed)
		}
		lines = append(lines, line.String())
	}
	var b bytes.Buffer
	out := ascii85.NewEncoder(&b)
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	head := strings.Trim(fmt.Sprint(integers.lengths()), "[]") + "\n"
	for _, part := range append([][]byte{[]byte(head + strings.Join(lines, "\n")), {0}}, integers...) {
		if _, err := z.Write(part); err != nil {
			return "", err
		}
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	if err := out.Close(); err != nil {
		return "", err
	}
	return strings.ReplaceAll(b.String(), "<", "v"), nil
}

// planes are the first bytes of varints, the second bytes, and so on.
type planes [][]byte

func (p *planes) add(integers []int64) {
	for _, n := range integers {
		for k, b := range binary.AppendUvarint(nil, uint64(n)) {
			if k == len(*p) {
				*p = append(*p, nil)
			}
			(*p)[k] = append((*p)[k], b)
		}
	}
}

func (p planes) lengths() []int {
	all := make([]int, len(p))
	for k := range p {
		all[k] = len(p[k])
	}
	return all
}

// benchmark splits a line of a benchmark's result, as records have them: its name and count, the units, and the values.
// The head of another line is "".
func benchmark(line string) (head string, units, values []string) {
	fields := strings.Split(line, " ")
	if !strings.HasPrefix(line, "Benchmark") || len(fields) < 4 || len(fields)%2 != 0 || strings.ContainsAny(line, "\t\x00\"\r") {
		return "", nil, nil
	}
	for k := 2; k < len(fields); k += 2 {
		values, units = append(values, fields[k]), append(units, fields[k+1])
	}
	return fields[0] + " " + fields[1], units, values
}

// column is numbers as integers.
type column struct {
	integers []int64
	places   int
	exponent string
}

var number = regexp.MustCompile(`^(\d{1,12})(?:\.(\d{0,11}[1-9]))?(e[-+]\d\d)?$`)

// integersOf returns values as integers, or nil if they would not come back as they are.
func integersOf(values []string) *column {
	c := &column{}
	parts := make([][]string, len(values))
	for k, value := range values {
		if parts[k] = number.FindStringSubmatch(value); parts[k] == nil || k > 0 && parts[k][3] != c.exponent {
			return nil
		}
		c.exponent = parts[k][3]
		c.places = max(c.places, len(parts[k][2]))
	}
	for _, part := range parts {
		n, err := strconv.ParseInt(part[1]+part[2]+strings.Repeat("0", c.places-len(part[2])), 10, 64)
		if err != nil || n >= 1<<52 || part[1] != "0" && part[1][0] == '0' { // a script's numbers are exact below 2^53
			return nil
		}
		c.integers = append(c.integers, n)
	}
	return c
}

// packColumn packs a column, beside the first one that is of integers, if there is one.
func packColumn(values []string, first *column) (how string, packed []int64, c *column) {
	same := true
	for _, value := range values {
		same = same && value == values[0]
	}
	if same {
		return "=" + values[0], nil, nil
	}
	if c = integersOf(values); c == nil {
		return "\"" + strings.Join(values, " "), nil, nil
	}
	least, packed := less(c.integers)
	how = strings.TrimRight(fmt.Sprintf("%d %d %s", c.places, least, c.exponent), " ")
	if first == nil || first.places > c.places || first.exponent != c.exponent {
		return how, packed, c
	}
	scale := int64(1)
	for range c.places - first.places {
		scale *= 10
	}
	beyond := make([]int64, len(c.integers))
	for k, n := range c.integers {
		if first.integers[k] > 1<<52/scale {
			return how, packed, c
		}
		beyond[k] = n - scale*first.integers[k]
	}
	if from, fewer := less(beyond); slices.Max(fewer) < slices.Max(packed) {
		return strings.TrimRight(fmt.Sprintf("~%d %d %s", c.places, from, c.exponent), " "), fewer, c
	}
	return how, packed, c
}

// less returns the least integer, and by how much each is more.
func less(integers []int64) (least int64, more []int64) {
	least = slices.Min(integers)
	for _, n := range integers {
		more = append(more, n-least)
	}
	return least, more
}
