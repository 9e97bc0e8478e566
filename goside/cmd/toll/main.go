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
	"strings"

	"github.com/spf13/cobra"
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
	root.AddCommand(listCommand(), verifyCommand(), benchCommand(), callsCommand(), layoutCommand(), bookCommand(), showCommand(), compareCommand(), drawCommand(),
		instructionsCommand(), repeatCommand(), walkCommand(), callsChildCommand())
	warn := warner(os.Stderr)
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		if !cmd.Hidden {
			warn()
		}
	}
	out := &printer{to: os.Stdout}
	root.SetOut(out)
	err := root.Execute()
	warn()
	if out.err != nil && !errors.Is(err, out.err) {
		err = errors.Join(err, out.err)
	}
	if err == nil {
		return
	}
	if text := strings.TrimSpace(err.Error()); text != "" { // it was not yet said
		fmt.Fprintln(os.Stderr, "toll:", text)
	}
	var cut interrupted
	if errors.As(err, &cut) {
		os.Exit(128 + int(cut.signal)) // as shells have it
	}
	os.Exit(1)
}

// matches reports whether name matches one of the patterns.
func matches(patterns []string, name string) (bool, error) {
	for _, pattern := range patterns {
		if ok, err := path.Match(pattern, name); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}
