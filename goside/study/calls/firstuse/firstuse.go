// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package firstuse studies what a crossing costs before the first call: building, starting, opening and finding; and calls
// by the releases of Go that are there.
package firstuse

import (
	"time"

	"toll/goside/measure"
	"toll/goside/page"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/releases"
)

// Part is first use, and releases of Go.
var Part = study.Part{
	Name: "firstuse",
	Experiments: []study.Experiment{
		{Name: "first-use", Free: true, Quick: 13 * time.Second, Full: 90 * time.Second, Run: inSourceTree(firstUse)},
		{Name: "opening", Free: true, Quick: 8 * time.Second, Full: time.Minute, Run: opening},
		{Name: "toolchains", Free: true, Quick: 15 * time.Second, Full: time.Minute, Run: inSourceTree(byToolchain)},
	},
	Benchmarks: []string{firstUseName, toolchainsName},
	Facts:      append([]string{"needs", "cross-linux-arm64", "cross-windows-amd64", "cross-darwin-arm64"}, releases.Facts...),
	Sections:   []func(*page.Page){firstUseTables, openingTable, releaseTables},
	Answers: []page.Question{
		{Text: "And the first call?", Answer: answerFirstUse},
		{Text: "What does it cost to open a crossing?", Answer: answerOpening},
		{Text: "And with other versions of Go?", Answer: answerReleases},
	},
	Claims:   claims,
	Children: []study.Child{{Name: "opening", Run: openOne}},
}

// inSourceTree returns an experiment on the source tree that this program belongs to.
func inSourceTree(run func(lab *study.Lab, root string) ([]measure.Series, error)) func(*study.Lab) ([]measure.Series, error) {
	return func(lab *study.Lab) ([]measure.Series, error) {
		root, err := seam.Tree()
		if err != nil {
			return nil, err
		}
		return run(lab, root)
	}
}
