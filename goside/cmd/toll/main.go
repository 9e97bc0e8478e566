// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Command toll measures what it costs a Go program to call code in another language, and verifies that what
// comes back is right. See toll help.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"toll/goside/machine"
	"toll/goside/seam"
	"toll/goside/studies"
	"toll/goside/study"
	"toll/goside/study/try"
)

// Exit codes, see the help of toll.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitUnavailable = 3
	exitSignal      = 128 // and the signal's number, as shells have it
)

func main() {
	seam.SettleLibraries()
	out := &printer{to: os.Stdout, colour: coloured(os.Stdout)}
	root := newRoot(out)
	machine.Restrain()
	warn := warner(os.Stderr)
	err := execute(root, warn)
	warn()
	if out.err != nil && !errors.Is(err, out.err) {
		err = errors.Join(err, out.err)
	}
	if err == nil {
		return
	}
	if said := strings.TrimSpace(err.Error()); said != "" { // it was not yet said
		fmt.Fprintln(os.Stderr, paint(coloured(os.Stderr), text.FgRed, "toll:"), said)
	}
	os.Exit(exitCode(err, out.err))
}

// newRoot returns the command toll with all its commands, which print to out.
func newRoot(out io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "toll",
		Short: "What it costs Go to call code in another language, and whether what comes back is right",
		Long: `Toll measures what it costs a Go program to call code in another language, and verifies that what comes back is right.

Exit codes:
  0    what was asked for is done, and holds
  1    it does not hold, or it failed
  2    wrong usage: an unknown name or flag, a value that is not allowed, a file that is no record
  3    unavailable: it needs something that is not built or installed here
  130  interrupted (Ctrl-C); 143 if by SIGTERM, 129 if by SIGHUP

Errors and progress go to standard error. NO_COLOR switches colours off.`,
		Example: `  toll list
  toll bench --quick`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetOut(out)
	opening := []*cobra.Command{listCommand(), verifyCommand(), certifyCommand(), drawCommand()} // routes
	for _, s := range studies.All {
		if s != &try.Study { // whose command makes a study for each request
			opening = append(opening, studyCommand(s))
		}
	}
	for _, c := range opening {
		addSIMD(c)
	}
	root.AddCommand(opening...)
	root.AddCommand(tryCommand(), adviseCommand(), fitCommand(), showCommand(), reportCommand(), compareCommand(), childCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("")
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args = func(_ *cobra.Command, args []string) error {
				_, _, err := root.Find(args)
				return err
			}
		case "completion": // without a shell it shows its help, and takes nothing else
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
	complete(root)
	return root
}

// execute runs the command that the program's arguments name, and begin first. All that goes wrong before a command
// begins is wrong with the arguments.
func execute(root *cobra.Command, begin func()) error {
	begun := false
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := errors.Join(cmd.ValidateFlagGroups(), checkSIMD(cmd)); err != nil {
			return err
		}
		begun = true
		if !cmd.Hidden {
			begin()
		}
		return nil
	}
	err := root.Execute()
	if err != nil && !begun {
		return seam.UsageError{Err: err}
	}
	return err
}

// exitCode returns the exit code for an error; unwritten is that of standard output.
func exitCode(err, unwritten error) int {
	if cut, ok := errors.AsType[study.Interrupted](err); ok {
		return exitSignal + int(cut.Signal)
	}
	_, usage := errors.AsType[seam.UsageError](err)
	switch {
	case unwritten != nil || errors.Is(err, study.ErrReported):
		return exitFailed
	case usage:
		return exitUsage
	case errors.Is(err, seam.ErrUnavailable):
		return exitUnavailable
	}
	return exitFailed
}
