// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command toll measures what it costs a Go program to call code in another language, and verifies that what
// comes back is right. See toll help.
package main

import (
	"errors"
	"fmt"
	"os"
	"path"

	"github.com/spf13/cobra"

	"toll/goside/registry"
	"toll/goside/seam"
)

// revision is set by scripts/build.sh.
var revision = "unknown"

// errReported ends the program with exit code 1 after it has said why.
var errReported = errors.New("")

func main() {
	root := &cobra.Command{
		Use:           "toll",
		Short:         "What it costs Go to call code in another language, and whether what comes back is right",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(listCommand(), verifyCommand(), benchCommand(), showCommand(), drawCommand())
	if err := root.Execute(); err != nil {
		if err != errReported {
			fmt.Fprintln(os.Stderr, "toll:", err)
		}
		os.Exit(1)
	}
}

// match returns the routes that match the pattern, at least one.
func match(pattern string) ([]*seam.Route, error) {
	routes, err := registry.Match(pattern)
	if err == nil && len(routes) == 0 {
		err = fmt.Errorf("no route matches %q, want one such as \"rust/purego\" or \"*/cgo\": see toll list", pattern)
	}
	return routes, err
}

// matches reports whether name matches the pattern.
func matches(pattern, name string) (bool, error) {
	ok, err := path.Match(pattern, name)
	if err != nil {
		return false, fmt.Errorf("%q: %w", pattern, err)
	}
	return ok, nil
}
