// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"toll/goside/record"
	"toll/goside/study"
)

// kills is how often TestKilled kills toll, unless TOLL_KILLS says otherwise.
const kills = 20

// TestKilled kills toll at random moments. What it leaves is judged by reading: the record of an earlier run is whole, or that of
// this run is; the partial record says that it is one, and has the same number of rounds of every row; nothing else that can be read
// as a record is there.
func TestKilled(t *testing.T) {
	toll := build(t)
	times, err := strconv.Atoi(os.Getenv("TOLL_KILLS"))
	if err != nil {
		times = kills
	}
	const rounds = 6
	run := func(folder string) *exec.Cmd {
		cmd := exec.Command(toll, append(short, "--rounds", strconv.Itoa(rounds), "-o", "record.txt")...)
		cmd.Dir = folder
		return cmd
	}
	here := t.TempDir()
	start := time.Now()
	if out, err := run(here).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	takes := time.Since(start)
	earlier, err := os.ReadFile(filepath.Join(here, "record.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(study.PartialOf(filepath.Join(here, "record.txt"))); err == nil {
		t.Error("after a whole run, its partial record is still there")
	}
	found := map[string]int{}
	for k := range times {
		folder := filepath.Join(here, strconv.Itoa(k))
		file := filepath.Join(folder, "record.txt")
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, earlier, 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := run(folder)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(takes))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		for _, what := range left(t, folder, earlier, rounds) {
			found[what]++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("killed %d times, within %v: %v", times, takes, found)
	if found["earlier"]+found["new"] != times {
		t.Errorf("of %d kills, %d left the earlier record and %d a new one", times, found["earlier"], found["new"])
	}
	if times >= 10*kills && (found["earlier"] == 0 || found["partial"] == 0) {
		t.Errorf("killed %d times, found %v; want both earlier and partial records among that", times, found)
	}
}

// left returns what a run left that was killed: "earlier" or "new", for the record, "partial", and "torn".
func left(t *testing.T, folder string, earlier []byte, rounds int) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		if entry.IsDir() || !strings.Contains(entry.Name(), "record.txt") { // pictures
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r, unread := record.ReadFile(path)
		interrupted := unread == nil && r.Get("interrupted") != ""
		sampled := 0
		if unread == nil {
			sampled = len(r.Rows[0].Samples)
			if slices.ContainsFunc(r.Rows, func(row record.Row) bool { return len(row.Samples) != sampled }) || len(r.Rows) != 8 { // two entries of four calls
				t.Errorf("%s has rows of different rounds, or not all 8", entry.Name())
			}
		}
		switch {
		case entry.Name() == "record.txt" && bytes.Equal(text, earlier):
			found = append(found, "earlier")
		case entry.Name() == "record.txt":
			found = append(found, "new")
			if unread != nil || interrupted || sampled != rounds {
				t.Errorf("the record is neither the earlier one nor a whole one: error %v, %d of %d rounds\n%s", unread, sampled, rounds, text)
			}
		case entry.Name() == "record.txt.partial":
			found = append(found, "partial")
			if !interrupted || sampled >= rounds {
				t.Errorf("the partial record does not say so: error %v, %d of %d rounds\n%s", unread, sampled, rounds, text)
			}
			if shown, err := run(t, showCommand(), path); err != nil || !strings.Contains(shown, "Warning: the run was cut short in routes, by what ended the process.") {
				t.Errorf("error %v, the partial record shows\n%s", err, shown)
			}
		default: // between its writing and its naming
			found = append(found, "torn")
			if unread == nil && !interrupted && sampled != rounds {
				t.Errorf("%s reads as a whole record", entry.Name())
			}
		}
	}
	return found
}
