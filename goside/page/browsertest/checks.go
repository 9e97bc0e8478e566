// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package browsertest

import (
	_ "embed"
	"os"
	"slices"
	"strconv"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed checks.js
var checks string

// axe is axe-core of Deque Systems, under the licence beside it (MPL-2.0), unchanged.
//
//go:embed testdata/axe-core/axe.min.js
var axe string

// check returns what a function of checks.js returns, which is in the page since it was opened.
func check[T any](tab *Tab, call string) T {
	tab.t.Helper()
	return result(tab, "does "+call, chromedp.Evaluate[T]("browsertest."+call, chromedp.EvalAwaitPromise))
}

// Messages returns what came on the console so far, from the page and from the browser, and exceptions that nothing caught.
func (tab *Tab) Messages() []string {
	tab.t.Helper()
	tab.settle()
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.messages)
}

// Requests returns the addresses of what the page asked for so far, but for itself and for data in it.
func (tab *Tab) Requests() []string {
	tab.t.Helper()
	tab.settle()
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.requests)
}

// settle returns once all is heard that the browser has reported: it answers in turn.
func (tab *Tab) settle() {
	tab.t.Helper()
	Eval[int](tab, "document.body.offsetHeight")
}

// HorizontalScroll returns why the page is wider than its window, and which elements only a mouse can scroll sideways.
func (tab *Tab) HorizontalScroll() []string {
	tab.t.Helper()
	return check[[]string](tab, "horizontalScroll("+strconv.Itoa(tab.options.Width)+")")
}

// OverlappingText returns the pairs of elements whose visible text overlaps by more than two pixels in both directions.
func (tab *Tab) OverlappingText() []string {
	tab.t.Helper()
	return check[[]string](tab, "overlappingText()")
}

// Accessibility returns what axe-core finds against WCAG 2.1 A and AA while all details are open. Where axe-core cannot decide on
// a contrast, as of text in SVG, a check of this package does. The rest of that is logged. It needs the page's scripts.
func (tab *Tab) Accessibility() []string {
	tab.t.Helper()
	if tab.options.NoScripts {
		tab.t.Fatal("browsertest: axe-core waits for a timer, and scripts are switched off: want a tab with scripts")
	}
	if !Eval[bool](tab, "'axe' in window") {
		tab.run("loads axe-core", chromedp.Evaluate[chromedp.Void](axe))
	}
	found := check[struct{ Violations, Unknown []string }](tab, "accessibility()")
	for _, unknown := range found.Unknown {
		tab.t.Logf("axe-core cannot decide %s", unknown)
	}
	return found.Violations
}

// TabOrder presses Tab until all of the page was visited, and returns which visible controls the focus does not reach, reaches
// out of the document's order, or does not leave, and which show no outline or shadow when they have it.
func (tab *Tab) TabOrder() []string {
	tab.t.Helper()
	controls := check[int](tab, "tabs()")
	ended := ""
	for presses := 0; ended == "" && presses < 2*controls+100; presses++ { // what scrolls is visited, too
		tab.Press(kb.Tab)
		ended = check[string](tab, "tabbed()")
	}
	return check[[]string](tab, "tabOrder("+quoted(ended)+")")
}

// Text returns the text that is shown of each visible element that matches.
func (tab *Tab) Text(selector string) []string {
	tab.t.Helper()
	return check[[]string](tab, "texts("+quoted(selector)+")")
}

// Press presses keys, such as kb.Enter or "a", wherever the focus is.
func (tab *Tab) Press(keys string) {
	tab.t.Helper()
	tab.run("presses "+strconv.Quote(keys), chromedp.KeyEvent(keys))
}

// Click clicks the middle of the first element that matches, once it is visible.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.run("clicks "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Type gives the focus to the first element that matches, and presses the keys of the text.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	tab.run("types into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text, chromedp.NodeVisible))
}

// Hover puts the mouse on the middle of the first element that matches.
func (tab *Tab) Hover(selector string) {
	tab.t.Helper()
	at := check[[2]float64](tab, "middle("+quoted(selector)+")")
	tab.run("hovers over "+selector, chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]))
}

// Focus gives the focus to the first element that matches.
func (tab *Tab) Focus(selector string) {
	tab.t.Helper()
	tab.run("focuses "+selector, chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Choose chooses an option of the first select that matches, by its value.
func (tab *Tab) Choose(selector, value string) {
	tab.t.Helper()
	check[bool](tab, "choose("+quoted(selector)+", "+quoted(value)+")")
}

// OpenDetails opens all details.
func (tab *Tab) OpenDetails() {
	tab.t.Helper()
	Eval[int](tab, `document.querySelectorAll("details").forEach((one) => one.open = true) ?? 0`)
}

// Screenshot writes a picture of the whole page to a PNG file, for people to look at.
func (tab *Tab) Screenshot(file string) {
	tab.t.Helper()
	picture := result(tab, "is drawn", chromedp.FullScreenshot(100))
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}
