// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package payloads

import (
	"errors"
	"html"
	"testing"

	"toll/goside/chart"
	"toll/goside/chart/charttest"
	"toll/goside/page/pagetest"
)

func TestPicture(t *testing.T) {
	r := pagetest.CallsRecord(t, series(madeUp, nil)...)
	texts := charttest.DrawnText(t, func() (*chart.Picture, error) { return draw(r) })
	s := newPassed(pagetest.PrinterOf(r))
	for _, of := range drawn {
		q := s.find(of.op, of.n)
		if q.rows == nil {
			t.Errorf("there is no payload %s of %s", of.op, of.n)
		}
		charttest.WantTexts(t, texts, 1, html.EscapeString(q.label()))
	}
	charttest.WantTexts(t, texts, 1, "plain Go", "cgo", html.EscapeString("purego's RegisterFunc"))
	if _, err := draw(pagetest.CallsRecord(t, pagetest.One("Other/op=x/lang=c/via=cgo/n=1", nil, 1))); !errors.Is(err, chart.ErrNothing) {
		t.Errorf("for a record without payloads the error is %v, want %v", err, chart.ErrNothing)
	}
}
