// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"toll/goside/kernel"
	"toll/goside/registry"
	"toll/goside/study"
)

// complete has a shell complete what a command and those below it take: names, and files of records. Nothing is opened for it.
func complete(c *cobra.Command) {
	for _, below := range c.Commands() {
		complete(below)
	}
	for flag, names := range map[string]func() []string{"route": routeNames, "against": routeNames, "kernel": kernelNames} {
		if _, has := c.GetFlagCompletionFunc(flag); !has && c.Flags().Lookup(flag) != nil {
			completeFlag(c, flag, names())
		}
	}
	if flag := c.Flags().Lookup("into"); flag != nil {
		_ = c.MarkFlagFilename("into", "md")
	}
	takes := strings.Fields(c.Use)[1:] // "RECORD", "RECORD..." for any number, or "OLD NEW"
	switch {
	case c.ValidArgsFunction != nil || c.ValidArgs != nil:
	case len(takes) == 0:
		c.ValidArgsFunction = cobra.NoFileCompletions
	case strings.HasPrefix(takes[0], "RECORD") || takes[0] == "OLD":
		many := strings.ContainsAny(c.Use, ".…")
		c.ValidArgsFunction = func(_ *cobra.Command, had []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(had) >= len(takes) && !many {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []string{"txt", "txt.gz"}, cobra.ShellCompDirectiveFilterFileExt
		}
	}
}

// completeFlag has the values of a flag completed: one of the names, or a list of them with commas between.
func completeFlag(c *cobra.Command, flag string, names []string) {
	list := strings.HasSuffix(c.Flag(flag).Value.Type(), "Slice")
	_ = c.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := ""
		if comma := strings.LastIndex(begun, ","); list && comma >= 0 {
			before = begun[:comma+1]
		}
		var all []string
		for _, name := range names {
			if strings.HasPrefix(before+name, begun) {
				all = append(all, before+name)
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	})
}

func routeNames() []string {
	var names []string
	for _, r := range registry.Routes() {
		names = append(names, r.Name())
	}
	return names
}

func kernelNames() []string {
	var names []string
	for _, f := range kernel.Functions {
		if !slices.Contains(names, f.Kernel) {
			names = append(names, f.Kernel)
		}
	}
	return names
}

// partNames returns the names of a study's parts and experiments.
func partNames(s *study.Study) []string {
	var names []string
	for _, p := range s.Parts {
		names = append(names, p.Name)
		for _, e := range p.Experiments {
			if !slices.Contains(names, e.Name) {
				names = append(names, e.Name)
			}
		}
	}
	return names
}
