// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package browsertest opens a page in headless Chromium, for tests of what a reader sees and can do.
package browsertest

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// patience ends a test whose browser hangs.
const patience = 5 * time.Minute

// Browser is a headless Chromium with a profile of its own, which ends with its test.
type Browser struct{ ctx context.Context }

// names are what Chromium and its relatives are called.
var names = []string{"chromium", "google-chrome", "chromium-browser"}

// find returns the path of the browser that TOLL_CHROMIUM names, or of the first on PATH.
func find() (string, error) {
	wanted := names
	if named := os.Getenv("TOLL_CHROMIUM"); named != "" {
		wanted = []string{named}
	}
	for _, name := range wanted {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "--version").Run() == nil { // Ubuntu's is a script that asks for a snap
			return path, nil
		}
	}
	return "", fmt.Errorf("browsertest: %w: of %s none runs, want one on PATH, or its path in TOLL_CHROMIUM",
		seam.ErrUnavailable, strings.Join(wanted, ", "))
}

// Start starts a browser. Without one it skips the test, and fails it where scripts/test.sh demands all, unless TOLL_CHROMIUM is
// none.
func Start(t *testing.T) *Browser {
	t.Helper()
	if os.Getenv("TOLL_CHROMIUM") == "none" { // as scripts/setup.sh has it
		t.Skip("TOLL_CHROMIUM=none leaves out what needs a browser")
	}
	path, err := find()
	studytest.Available(t, err)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), // no page reaches a network
	)
	if os.Geteuid() == 0 { // Chromium refuses root its sandbox
		options = append(options, chromedp.NoSandbox)
	}
	allocator, closeAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(closeAllocator)
	ctx, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(closeBrowser)
	t.Cleanup(func() { // in peace, so that it leaves no files
		ending, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := chromedp.Cancel(ending); err != nil {
			t.Errorf("browsertest: %s does not end: %v", path, err)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browsertest: %s does not start: %v", path, err)
	}
	return &Browser{ctx}
}

// Options say how a tab shows its page.
type Options struct {
	Width     int  // of the window, in CSS pixels; a narrow one is a phone's
	Dark      bool // the reader prefers dark colours
	NoScripts bool // the page's scripts are switched off
}

// String is for the name of a subtest or of a picture.
func (o Options) String() string {
	name := fmt.Sprint(o.Width)
	if o.Dark {
		name += "-dark"
	} else {
		name += "-light"
	}
	if o.NoScripts {
		name += "-without-scripts"
	}
	return name
}

// widest is the width in CSS pixels up to which a window is a phone's.
const widest = 600

// Tab is a page that is open.
type Tab struct {
	t       *testing.T
	ctx     context.Context
	options Options
	source  string // the page's own address

	mu       sync.Mutex // guards what the browser reports
	messages []string
	requests []string
}

// Open opens a file in a tab, which ends with the test, and returns once the page has loaded.
func (b *Browser) Open(t *testing.T, file string, o Options) *Tab {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	ctx, closeTab := chromedp.NewContext(b.ctx)
	t.Cleanup(closeTab)
	tab := &Tab{t: t, ctx: ctx, options: o, source: (&url.URL{Scheme: "file", Path: path}).String()}
	if err := chromedp.Listen(ctx, tab.hear); err != nil {
		t.Fatalf("browsertest: no tab opens: %v", err)
	}
	viewport := []chromedp.EmulateViewportOption{}
	if o.Width <= widest {
		viewport = append(viewport, chromedp.EmulateMobile)
	}
	scheme := "light"
	if o.Dark {
		scheme = "dark"
	}
	features := []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}
	tab.run("sets up", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia,
			emulation.SetEmulatedMediaParams{Features: features}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: o.NoScripts})
		return err
	}))
	tab.run("sets its width", chromedp.EmulateViewport(int64(o.Width), 900, viewport...))
	tab.run("loads", chromedp.Navigate(tab.source))
	tab.run("is prepared", chromedp.Evaluate[chromedp.Void](checks))
	return tab
}

// hear notes what the browser reports.
func (tab *Tab) hear(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		var words []string
		for _, argument := range e.Args {
			words = append(words, cmp.Or(strings.Trim(string(argument.Value), `"`), argument.Description))
		}
		tab.messages = append(tab.messages, fmt.Sprintf("console.%s: %s", e.Type, strings.Join(words, " ")))
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		tab.messages = append(tab.messages, "exception: "+text)
	case *log.EventEntryAdded:
		tab.messages = append(tab.messages, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *network.EventRequestWillBeSent:
		if to := e.Request.URL; to != tab.source && !strings.HasPrefix(to, "data:") {
			tab.requests = append(tab.requests, to)
		}
	case *network.EventWebSocketCreated:
		tab.requests = append(tab.requests, e.URL)
	}
}

// run does one thing in the tab, and fails the test if that does not go.
func (tab *Tab) run(what string, action chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	result(tab, what, action)
}

func result[T any](tab *Tab, what string, action chromedp.Action[T]) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		tab.t.Fatalf("browsertest: %s, %v: %s: %v", filepath.Base(tab.source), tab.options, what, err)
	}
	return value
}

// Eval returns the value of a JavaScript expression in the page; of a promise, what that is resolved to. It works also where the
// page's own scripts are switched off, but no timer does.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	return result(tab, "evaluates "+first(expression), chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// first returns the first line, shortened.
func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line[:min(len(line), 80)]
}

// quoted returns a JavaScript string.
func quoted(text string) string { return fmt.Sprintf("%q", text) }
