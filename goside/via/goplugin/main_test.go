// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"toll/goside/calls"
)

// TestMain is the plugin if a test starts it as one.
func TestMain(m *testing.M) {
	if os.Getenv(handshake.MagicCookieKey) == handshake.MagicCookieValue {
		servePlugin(os.Args[1])
		return
	}
	os.Exit(m.Run())
}

func TestHost(t *testing.T) {
	for protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			requests := []struct {
				line, want string // want is in the error; "" if there is to be none
				lacks      bool
			}{
				{line: `{"Verify":true}`},
				{line: `{"Payload":"noop","Size":1,"Calls":3}`},
				{line: `{"Payload":"sum","Size":16777216,"Calls":1}`},
				{line: `{"Payload":"fill","Size":16777216,"Calls":1}`},
				{line: `{"Payload":"text_into","Size":65536,"Calls":2}`},
				{line: `{"Payload":"batch","Size":1000,"Calls":2}`},
				{line: `{"Payload":"mixed","Size":40,"Calls":1}`, lacks: true},
				{line: `{"Payload":"noop","Size":1}`, want: "0 calls were asked for, want at least 1"},
				{line: `{"Payload":"noop","Size":2,"Calls":1}`, want: "there is no payload noop of 2"},
				{line: `once`, want: `the request "once"`},
			}
			var lines []string
			for _, r := range requests {
				lines = append(lines, r.line)
			}
			var out bytes.Buffer
			if err := host(protocol, strings.NewReader(strings.Join(lines, "\n")), &out); err != nil {
				t.Fatal(err)
			}
			answers := json.NewDecoder(&out)
			var hello answer
			if err := answers.Decode(&hello); err != nil || hello.Error != "" {
				t.Fatalf("the first line is %+v, error %v", hello, err)
			}
			for k, r := range requests {
				var got answer
				if err := answers.Decode(&got); err != nil {
					t.Fatalf("%s: %v", r.line, err)
				}
				done := got.Checked > 100 || k > 0 && got.Elapsed > 0
				if !strings.Contains(got.Error, r.want) || (got.Error == "") != (r.want == "") || got.Lacks != r.lacks || done != (r.want == "" && !r.lacks) {
					t.Errorf("%s is answered by %+v, want an error with %q, lacking %t", r.line, got, r.want, r.lacks)
				}
			}
		})
	}
}

func TestDeadPlugin(t *testing.T) {
	for protocol := range protocols {
		f, end, err := start(protocol)
		if err != nil {
			t.Fatal(err)
		}
		end()
		payloads := calls.Payloads()
		if got := serve(f, payloads, request{Payload: "not", Size: 1, Calls: 1}); !strings.Contains(got.Error, "goplugin: calling Not by ") {
			t.Errorf("%s: a call of a plugin that has ended is answered by %+v, want an error that names the function", protocol, got)
		}
		if got := serve(f, payloads, request{Verify: true}); got.Error == "" {
			t.Errorf("%s: to verify a plugin that has ended gives %+v, want an error", protocol, got)
		}
	}
}

func TestWrongResults(t *testing.T) {
	f := calls.Go()
	f.Not = func(x int64) int64 { return x }
	for _, r := range []request{{Verify: true}, {Payload: "not", Size: 1, Calls: 1}} {
		if got := serve(f, calls.Payloads(), r); !strings.Contains(got.Error, "not") {
			t.Errorf("%+v with a wrong Not is answered by %+v, want an error that names it", r, got)
		}
	}
}
