// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"
)

// interrupted is the error of a run that a signal cut short.
type interrupted struct{ signal syscall.Signal }

func (i interrupted) Error() string { return fmt.Sprintf("stopped by a signal: %v", i.signal) }

// untilSignal returns a context that ends, for the cause of an interrupted, with the first SIGINT or SIGTERM, so that
// what was measured can be written. The second ends the program. end gives signals their usual meaning back.
func untilSignal(cmd *cobra.Command) (ctx context.Context, end func()) {
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
			fmt.Fprintf(cmd.ErrOrStderr(), "toll: %v: writing what was measured when this round or part ends; a second signal ends at once, and loses it\n", s)
			number, _ := s.(syscall.Signal)
			cancel(interrupted{number})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}

// cause returns why a run was cut short: the signal, if one came, else err.
func cause(ctx context.Context, err error) error {
	if signal := context.Cause(ctx); signal != nil {
		return signal
	}
	return err
}
