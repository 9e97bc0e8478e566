// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"os"
	"strings"
	"testing"

	"toll/goside/calls"
	"toll/goside/conform"
	"toll/goside/registry"
)

// TestCallsBeside is TestCalls for the crossings to other processes.
func TestCallsBeside(t *testing.T) {
	crossings, missing, err := registry.Beside()
	if err != nil {
		t.Fatal(err)
	}
	if missing != nil && strings.Contains(os.Getenv("TOLL_REQUIRE"), "*/*") {
		t.Errorf("TOLL_REQUIRE wants all crossings: %v", missing)
	}
	for _, c := range crossings {
		t.Run(c.Lang+"/"+c.Name, func(t *testing.T) {
			checked, wrong := conform.VerifyCalls(c.Funcs)
			if want := 500; checked < want {
				t.Errorf("%d calls were checked, want at least %d", checked, want)
			}
			for _, err := range wrong {
				t.Error(err)
			}
			offered := 0
			for _, p := range calls.Payloads() {
				if p.Group == "slices" && p.N > 1<<20 && c.Lang == "python" { // seconds
					continue
				}
				if err := p.Run(c.Funcs, 3); err == nil {
					offered++
				} else if !strings.Contains(err.Error(), "not offered") {
					t.Error(err)
				}
			}
			if want := 100; offered < want {
				t.Errorf("%d payloads are offered, want at least %d", offered, want)
			}
			t.Logf("%d calls checked, %d payloads", checked, offered)
		})
	}
}
