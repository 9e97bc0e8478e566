// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record

import (
	"bytes"
	"strings"
	"testing"

	"toll/goside/measure"
)

// TestWriteRefuses holds that facts where they do not belong, and names that are not unique, are errors before anything is written.
func TestWriteRefuses(t *testing.T) {
	series := func(name string, facts ...measure.Fact) measure.Series {
		return measure.Series{Subject: &measure.Subject{Name: name, Facts: facts}, N: 1, Samples: []measure.Sample{{Wall: 1}}}
	}
	problem := measure.Fact{Key: "problem", Value: "p"}
	for _, c := range []struct {
		want   string
		facts  []measure.Fact
		series []measure.Series
	}{
		{"", []measure.Fact{{Key: "cpu", Value: "A"}}, []measure.Series{series("A/op=x", problem), series("A/op=x/entry=again", problem)}},
		{`the run states the fact "problem"`, []measure.Fact{problem}, []measure.Series{series("A/op=x")}},
		{`A/op=x states the fact "cpu"`, nil, []measure.Series{series("A/op=x", measure.Fact{Key: "cpu", Value: "A"})}},
		{"two series are named A/op=x", nil, []measure.Series{series("A/op=x", problem), series("B/op=x"), series("A/op=x")}},
	} {
		var b bytes.Buffer
		err := Write(&b, c.facts, ProblemFacts, 2, c.series)
		if c.want == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("the error is %v and %d bytes are written, want %q and none", err, b.Len(), c.want)
		}
	}
}
