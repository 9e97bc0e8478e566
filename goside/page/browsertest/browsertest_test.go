// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package browsertest

import (
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"toll/goside/seam"
)

const right = "testdata/right.html"

// made returns the path of a page with that in its main part.
func made(t *testing.T, body string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	text := fmt.Sprintf(`<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width"></head><body><main><h1>A page</h1>%s</main></body></html>`, body)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// clean holds a page to all checks but those of its colours.
func clean(t *testing.T, tab *Tab) {
	t.Helper()
	for name, found := range map[string][]string{
		"horizontal scroll": tab.HorizontalScroll(),
		"overlapping text":  tab.OverlappingText(),
		"tab order":         tab.TabOrder(),
		"messages":          tab.Messages(),
		"requests":          tab.Requests(),
	} {
		if len(found) > 0 {
			t.Errorf("%s: %s, want none", name, strings.Join(found, "\n"))
		}
	}
}

// TestRight holds a page that is right to every check.
func TestRight(t *testing.T) {
	browser := Start(t)
	for _, width := range []int{390, 900, 1600} {
		for _, dark := range []bool{false, true} {
			o := Options{Width: width, Dark: dark}
			t.Run(o.String(), func(t *testing.T) {
				tab := browser.Open(t, right, o)
				if found := tab.Accessibility(); len(found) > 0 {
					t.Errorf("accessibility: %s, want none", strings.Join(found, "\n"))
				}
				clean(t, tab)
			})
		}
	}
}

// TestWrong plants what each check is to catch.
func TestWrong(t *testing.T) {
	browser := Start(t)
	const svg = `<svg width="300" height="60" role="img" aria-label="A picture">`
	messages, requests := (*Tab).Messages, (*Tab).Requests
	scroll, overlaps := (*Tab).HorizontalScroll, (*Tab).OverlappingText
	accessibility, order := (*Tab).Accessibility, (*Tab).TabOrder
	for _, c := range []struct {
		name, body string
		check      func(*Tab) []string
		want       []string // in each violation
	}{
		{"console", `<script>console.error("something", "is wrong", 7)</script>`,
			messages, []string{"console.error: something is wrong 7"}},
		{"exception", `<script>nothing.here()</script>`,
			messages, []string{"exception: Uncaught ReferenceError: nothing is not defined"}},
		{"rejection", `<script>Promise.reject(new Error("nobody cares"))</script>`,
			messages, []string{"exception: Uncaught (in promise) Error: nobody cares"}},
		{"picture elsewhere", `<img src="http://127.0.0.1:9/picture.png" alt="">`,
			requests, []string{"http://127.0.0.1:9/picture.png"}},
		{"style in a file", `<link rel="stylesheet" href="style.css">`,
			requests, []string{"/style.css"}},
		{"wide", `<div style="width: 2000px"><b>A</b> wide block</div>`,
			scroll, []string{`the page is 2008 px wide in a window of 390 px: <div> "A wide block" reaches 2008.0 px`}},
		{"wide and hidden", `<style>html { overflow-x: hidden }</style><div style="width: 2000px">A wide block</div>`,
			scroll, []string{`the page is 2008 px wide`}},
		{"no viewport", `<meta name="viewport" content="">`,
			scroll, []string{"laid out 980 px wide in a window of 390 px"}},
		{"scroller", `<div id="scroller" style="overflow-x: auto"><p style="width: 2000px">Rows</p></div>`,
			scroll, []string{`<div#scroller> "Rows" scrolls sideways, want tabindex=0`}},
		{"overlap", `<span style="position: absolute; left: 0; top: 99px">what lies under</span>
			<span style="position: absolute; left: 2em; top: 103px">what lies over it</span>`,
			overlaps, []string{`<span> "what lies under" and <span> "what lies over it" overlap by `}},
		{"overlap in a picture", svg +
			`<text x="10" y="30">left label</text><text x="50" y="34">right label</text></svg>`,
			overlaps, []string{`<text> "left label" and <text> "right label" overlap by `}},
		{"overlap upwards", svg +
			`<text transform="translate(30 50) rotate(-90)">upwards</text><text x="20" y="34">across</text></svg>`,
			overlaps, []string{`<text> "upwards" and <text> "across" overlap by `}},
		{"overlap with a picture", svg +
			`<text x="0" y="30">a label</text></svg><p style="margin-top: -50px">A paragraph</p>`,
			overlaps, []string{`<p> "A paragraph" and <text> "a label" overlap by `}},
		{"contrast", `<p id="pale" style="color: #ccc">This is hard to read.</p>`,
			accessibility, []string{"color-contrast: #pale: "}},
		{"contrast in a picture", svg +
			`<text id="pale" x="10" y="30" fill="#ccc">pale label</text></svg>`,
			accessibility, []string{`color-contrast: <text#pale> "pale label" has 1.61 to 1 before #ffffff, want 4.5`}},
		{"contrast before a shape", svg +
			`<rect width="99" height="60" fill="#000"/><g fill-opacity="0.5"><circle cx="200" cy="30" r="99"/></g>
			<text x="10" y="30">black</text><text x="200" y="30">on grey</text></svg>`,
			accessibility, []string{`<text> "black" has 1.00 to 1 before #000000, want 4.5`}},
		{"contrast that axe-core leaves open", `<p style="color: #ccc">Pale</p>
			<p style="position: absolute; top: 0; height: 300px; background: #fff">This lies over it.</p>`,
			accessibility, []string{`color-contrast: <p> "Pale" has 1.61 to 1 before #ffffff, want 4.5`}},
		{"contrast in closed details", `<details><summary>More</summary><p id="pale" style="color: #ccc">Hard to read.</p></details>`,
			accessibility, []string{"color-contrast: #pale: "}},
		{"nameless", `<button></button>`,
			accessibility, []string{"button-name: button: "}},
		{"skipped", `<button>First</button> <button id="skipped" tabindex="-1">Skipped</button> <button>Last</button>`,
			order, []string{`<button#skipped> "Skipped" is not reached by Tab`}},
		{"unfocusable", `<table><tr><th onclick="0">Time</th><th role="button">Name</th></tr></table> <button>Last</button>`,
			order, []string{`<th> "Time" is not reached by Tab`, `<th> "Name" is not reached by Tab`}},
		{"out of order", `<button>Second</button> <button tabindex="1">First</button>`,
			order, []string{`<button> "First" has tabindex=1 and so comes before all others, want 0`}},
		{"trap", `<button>First</button>
			<button onkeydown="event.preventDefault()">Trap</button> <button>Last</button>`,
			order, []string{`<button> "Trap" keeps the focus`, `<button> "Last" is not reached by Tab`}},
		{"round", `<button>First</button> <button id="a">A</button>
			<button onkeydown="a.focus(); event.preventDefault()">B</button> <button>Last</button>`,
			order, []string{`the focus goes round from <button> "B" to <button#a> "A"`, `<button> "Last" is not reached by Tab`}},
		{"unseen", `<style>button { outline: none }</style><button>Unseen</button>`,
			order, []string{`<button> "Unseen" does not show that it has the focus`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := c.check(browser.Open(t, made(t, c.body), Options{Width: 390}))
			if len(found) != len(c.want) {
				t.Fatalf("found %q, want %q", found, c.want)
			}
			for k, want := range c.want {
				if !strings.Contains(found[k], want) {
					t.Errorf("found %q, want %q", found[k], want)
				}
			}
		})
	}
}

// TestDark looks at colours that only a reader sees who prefers dark ones.
func TestDark(t *testing.T) {
	browser := Start(t)
	file := made(t, `<style>@media (prefers-color-scheme: dark) { body { background: #111; color: #333 } }</style>`)
	for dark, want := range map[bool]int{false: 0, true: 1} {
		if found := browser.Open(t, file, Options{Width: 900, Dark: dark}).Accessibility(); len(found) != want {
			t.Errorf("dark %v: found %q, want %d", dark, found, want)
		}
	}
}

// TestUse sorts and filters, and draws what is then to be seen.
func TestUse(t *testing.T) {
	tab := Start(t).Open(t, right, Options{Width: 900})
	times := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, tab.Text("tbody tr td:first-child")); diff != "" {
			t.Errorf("the times shown (-want +got):\n%s", diff)
		}
	}
	times("2", "1")
	tab.Click("#sort")
	times("1", "2")
	tab.Type("#filter", "rust")
	times("1")
	tab.Type("#filter", strings.Repeat("\b", 4))
	times("1", "2")
	tab.Choose("#language", "c")
	times("2")
	file := filepath.Join(t.TempDir(), "page.png")
	tab.Screenshot(file)
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if picture, err := png.DecodeConfig(f); err != nil || picture.Width != 900 || picture.Height < 300 {
		t.Errorf("the picture is %d by %d px (%v), want 900 by at least 300", picture.Width, picture.Height, err)
	}
}

// TestTooltip shows what a page shows of an element that has the mouse or the focus.
func TestTooltip(t *testing.T) {
	browser := Start(t)
	file := made(t, `<style>span { display: none } button:hover + span, button:focus + span { display: inline }</style>
		<div style="height: 3000px"></div><button id="figure">7 ns</button> <span>of 30 samples</span>`)
	for name, point := range map[string]func(*Tab, string){"mouse": (*Tab).Hover, "focus": (*Tab).Focus} {
		tab := browser.Open(t, file, Options{Width: 900})
		if found := tab.Text("span"); len(found) > 0 {
			t.Errorf("without %s %q is shown, want nothing", name, found)
		}
		point(tab, "#figure")
		if found := tab.Text("span"); len(found) != 1 {
			t.Errorf("with %s %q is shown, want the samples", name, found)
		}
	}
}

// TestWithoutScripts looks at a page whose scripts do nothing.
func TestWithoutScripts(t *testing.T) {
	browser := Start(t)
	file := made(t, `<p>figure</p><noscript><p>no scripts</p></noscript><script>document.querySelector("p").textContent = "changed"</script>`)
	for without, want := range map[bool][]string{false: {"changed"}, true: {"figure", "no scripts"}} {
		tab := browser.Open(t, file, Options{Width: 900, NoScripts: without})
		if found := tab.Text("p"); !slices.Equal(found, want) {
			t.Errorf("without scripts %v: found %q, want %q", without, found, want)
		}
	}
	clean(t, browser.Open(t, right, Options{Width: 390, NoScripts: true}))
}

// TestDetails opens what is folded.
func TestDetails(t *testing.T) {
	tab := Start(t).Open(t, right, Options{Width: 900})
	if found := tab.Text("details p"); len(found) > 0 {
		t.Errorf("closed details show %q", found)
	}
	tab.OpenDetails()
	if found := tab.Text("details p"); len(found) != 1 {
		t.Errorf("open details show %q, want a paragraph", found)
	}
	if found := tab.OverlappingText(); len(found) > 0 {
		t.Errorf("with open details overlap %q", found)
	}
}

// TestMuchText compares as many texts as the largest page has.
func TestMuchText(t *testing.T) {
	var body strings.Builder
	for row := range 1000 {
		body.WriteString("<tr>")
		for column := range 20 {
			fmt.Fprintf(&body, "<td>%d", row*column)
		}
	}
	tab := Start(t).Open(t, made(t, "<table>"+body.String()+"</table>"), Options{Width: 1600})
	if n := Eval[int](tab, `document.querySelectorAll("td").length`); n != 20_000 {
		t.Fatalf("the page has %d texts, want 20,000", n)
	}
	if found := tab.OverlappingText(); len(found) > 0 {
		t.Errorf("found %q, want none", found)
	}
}

func TestFind(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "google-chrome")
	broken := filepath.Join(folder, "chromium")
	for file, text := range map[string]string{program: "#!/bin/sh\n", broken: "#!/bin/sh\nexit 1\n"} {
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ named, path, want string }{
		{"", folder, program},
		{program, t.TempDir(), program},
		{broken, folder, ""},
		{"google-chrome", folder, program},
		{"", t.TempDir(), ""},
		{"chromium", folder, ""},
	} {
		t.Setenv("TOLL_CHROMIUM", c.named)
		t.Setenv("PATH", c.path)
		found, err := find()
		if found != c.want || errors.Is(err, seam.ErrUnavailable) != (c.want == "") {
			t.Errorf("TOLL_CHROMIUM=%s: found %q, %v, want %q", c.named, found, err, c.want)
		}
	}
}
