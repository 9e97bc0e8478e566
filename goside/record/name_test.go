// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/record"
)

// TestName: a name is written in one order, and parsed to what it was written from.
func TestName(t *testing.T) {
	for want, name := range map[string]record.Name{
		"Kernels/kernel=diffusion/lang=c/via=cgo/layout=row/n=512": {Study: "Kernels", Kernel: "diffusion", Lang: "c", Via: "cgo", Layout: "row", N: "512"},
		"Call/op=noop/lang=c/via=cgo/n=1/entry=again":              {Study: "Call", Op: "noop", Lang: "c", Via: "cgo", N: "1", Entry: record.EntryAgain},
		"Ways/kernel=ols/op=run/lang=go/via=direct/layout=col/n=64/how=copy/grain=row/entry=reference": {Study: "Ways", Kernel: "ols", Op: "run", Lang: "go",
			Via: "direct", Layout: "col", N: "64", Keys: []record.Key{{Key: "how", Value: "copy"}, {Key: "grain", Value: "row"}}, Entry: record.EntryReference},
		"Start": {Study: "Start"},
	} {
		if got := name.String(); got != want {
			t.Errorf("written %s, want %s", got, want)
		}
		for _, text := range []string{want, want + "-2"} {
			if diff := cmp.Diff(name, record.ParseName(text)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", text, diff)
			}
		}
	}
	n := record.ParseName("Ways/kernel=ols/op=run/lang=go/via=direct/layout=col/n=64/how=copy/entry=again-2")
	if n.Problem() != "Ways/kernel=ols/op=run/layout=col/n=64/how=copy" || n.Route() != "go/direct" || n.What() != "ols" || n.Get("how") != "copy" || n.Get("n") != "" {
		t.Errorf("problem %q, route %q, what %q, how %q, a key n %q", n.Problem(), n.Route(), n.What(), n.Get("how"), n.Get("n"))
	}
	if n := (record.Name{Op: "noop"}); n.What() != "noop" {
		t.Errorf("what is %q, want the operation where there is no kernel", n.What())
	}
}
