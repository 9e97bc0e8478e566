// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"os"

	"github.com/spf13/cobra"

	"toll/goside/registry"
	"toll/goside/report"
)

func showCommand() *cobra.Command {
	var markdown bool
	c := &cobra.Command{
		Use:   "show RECORD",
		Short: "Print the tables of a record again",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			record, err := report.Read(f, args[0])
			if err != nil {
				return err
			}
			report.Tables(cmd.OutOrStdout(), record, registry.Baseline, markdown)
			return nil
		},
	}
	c.Flags().BoolVar(&markdown, "markdown", false, "print the tables as Markdown")
	return c
}
