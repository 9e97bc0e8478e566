// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// Interrupted is the error of a run that a signal cut short.
type Interrupted struct{ Signal syscall.Signal }

func (i Interrupted) Error() string { return fmt.Sprintf("stopped by a signal: %v", i.Signal) }

// UntilSignal returns a context that ends, for the cause of an Interrupted, with the first SIGINT, SIGTERM or SIGHUP, so that
// what is finished can be told; what becomes of the rest is said then. The second ends the program. end gives signals their
// usual meaning back.
func UntilSignal(stderr io.Writer, then string) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	caught := slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}, signal.Ignored)
	if len(caught) > 0 { // none would mean all
		signal.Notify(signals, caught...)
	}
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			fmt.Fprintf(stderr, "toll: %v: %s\n", s, then)
			number, _ := s.(syscall.Signal)
			cancel(Interrupted{number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// Ended reports whether done is closed.
func Ended(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// UntilDone returns a context that ends when done is closed, and with it the commands that run under it.
func UntilDone(done <-chan struct{}) context.Context { return untilDone{context.Background(), done} }

type untilDone struct {
	context.Context
	done <-chan struct{}
}

func (c untilDone) Done() <-chan struct{} { return c.done }

func (c untilDone) Err() error {
	if Ended(c.done) {
		return context.Canceled
	}
	return nil
}
