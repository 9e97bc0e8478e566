// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command toll measures what it costs a Go program to call code in another language, and verifies that what
// comes back is right. See toll help.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"toll/goside/studies"
	"toll/goside/study"
)

func main() {
	root := &cobra.Command{
		Use:           "toll",
		Short:         "What it costs Go to call code in another language, and whether what comes back is right",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(listCommand(), verifyCommand(), showCommand(), reportCommand(), compareCommand(), drawCommand(), childCommand())
	for _, s := range studies.All {
		root.AddCommand(studyCommand(s))
	}
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
	if cut, ok := errors.AsType[study.Interrupted](err); ok {
		os.Exit(128 + int(cut.Signal)) // as shells have it
	}
	os.Exit(1)
}
