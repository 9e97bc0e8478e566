// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"toll/goside/level"
)

// simd is the flag that forces a level of the tuned languages, by the environment variable: native code reads it, and so do
// child processes.
type simd struct{}

func (simd) Set(name string) error {
	if err := level.Check(name); err != nil {
		return err
	}
	return os.Setenv(level.Variable, name)
}

func (simd) String() string { return "" }

func (simd) Type() string { return strings.Join(level.Names, "|") }

// addSIMD adds the flag --simd to a command that opens routes, and to those below it.
func addSIMD(c *cobra.Command) {
	c.PersistentFlags().Var(simd{}, "simd", "level at which the tuned languages run (default the best that the processor has; $"+level.Variable+")")
	completeFlag(c, "simd", level.Names)
}

// checkSIMD returns an error if a command opens routes and the environment forces what is no level.
func checkSIMD(c *cobra.Command) error {
	if c.Flag("simd") == nil {
		return nil
	}
	return level.CheckForced()
}
