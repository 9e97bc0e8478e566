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

// untilSignal returns a context that ends, for the cause of an Interrupted, with the first SIGINT or SIGTERM, so that
// what was measured can be written. The second ends the program. end gives signals their usual meaning back.
func untilSignal(stderr io.Writer) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	caught := slices.DeleteFunc([]os.Signal{os.Interrupt, syscall.SIGTERM}, signal.Ignored)
	if len(caught) > 0 { // none would mean all
		signal.Notify(signals, caught...)
	}
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			fmt.Fprintf(stderr, "toll: %v: writing what was measured when this round or part ends; a second signal ends at once, and loses it\n", s)
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
