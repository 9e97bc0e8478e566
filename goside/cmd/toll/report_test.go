// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"toll/goside/page/browsertest"
)

// reported returns the page of the records.
func reported(t *testing.T, records ...string) string {
	t.Helper()
	folder := t.TempDir()
	if _, err := run(t, reportCommand(), append(records, "-o", folder)...); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "report.html")
}

// docs returns the records under docs.
func docs(t *testing.T) []string {
	t.Helper()
	records, err := filepath.Glob("../../../docs/*.txt.gz")
	if err != nil || len(records) < 4 {
		t.Fatalf("found the records %q, error %v, want at least four", records, err)
	}
	return records
}

// TestReportPage opens the page of all records under docs as readers may, and holds it to every check.
func TestReportPage(t *testing.T) {
	browser := browsertest.Start(t)
	file := reported(t, docs(t)...)
	if info, err := os.Stat(file); err != nil || info.Size() > 1.5e6 {
		t.Errorf("the page has %d bytes, error %v, want at most 1.5 MB", info.Size(), err)
	}
	for _, width := range []int{390, 900, 1600} {
		for _, dark := range []bool{false, true} {
			o := browsertest.Options{Width: width, Dark: dark}
			t.Run(o.String(), func(t *testing.T) {
				tab := browser.Open(t, file, o)
				if folder := os.Getenv("TOLL_SCREENSHOTS"); folder != "" {
					tab.Screenshot(filepath.Join(folder, o.String()+".png"))
				}
				for name, check := range map[string]func() []string{
					"horizontal scroll": tab.HorizontalScroll, "overlapping text": tab.OverlappingText, "tab order": tab.TabOrder,
				} {
					if found := check(); len(found) > 0 {
						t.Errorf("%s, as it opens: %s", name, strings.Join(found, "\n"))
					}
				}
				tab.OpenDetails()
				for name, check := range map[string]func() []string{
					"horizontal scroll": tab.HorizontalScroll, "overlapping text": tab.OverlappingText,
					"accessibility": tab.Accessibility, "messages": tab.Messages, "requests": tab.Requests,
				} {
					if found := check(); len(found) > 0 {
						t.Errorf("%s, all unfolded: %s", name, strings.Join(found, "\n"))
					}
				}
			})
		}
	}
}
