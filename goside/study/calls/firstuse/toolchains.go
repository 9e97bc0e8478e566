// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package firstuse

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/seam"
	"toll/goside/study"
	"toll/goside/study/releases"
)

// toolchainsName is the benchmark of what calls cost when one program is built by several releases of Go.
const toolchainsName = releases.Benchmark

// published is the release before the one of which a change was published, see claims.
const published = "1.25.8"

// byToolchain builds the program in releases.Sources by each release of Go that can be had here and returns what its
// calls cost, as Toolchains/op=noop/lang=c/via=cgo/go=1.25.8 and the like. If there is no native library, go command or C
// compiler, the error is [seam.ErrUnavailable]. If it is told to stop, or a program fails, it returns the complete rounds
// together with the error.
func byToolchain(lab *study.Lab, root string) ([]measure.Series, error) {
	lab.Progress.Begin("finding releases of Go")
	found, missing := releases.Find(study.UntilDone(lab.Done))
	if len(found) == 0 {
		return nil, errors.Join(missing...)
	}
	if !slices.ContainsFunc(found, func(r releases.Release) bool { return strings.HasPrefix(r.Version, "1.25.") }) {
		used := slices.IndexFunc(found, func(r releases.Release) bool { return slices.Contains(r.From, releases.InUse) })
		older := releases.Named(found[used].Command, published)
		older.From = []string{"before a change that is claimed"}
		found = append(found, older)
	}
	return builtBy(lab, found, missing, root)
}

func builtBy(lab *study.Lab, found []releases.Release, missing []error, root string) ([]measure.Series, error) {
	if !hasC() {
		return nil, fmt.Errorf("firstuse: %w: the go command finds no C compiler, want one for cgo", seam.ErrUnavailable)
	}
	programs, lacking := releases.Programs(lab, found, releases.Source{
		Root: root, Dir: releases.Sources(root), Out: filepath.Join(root, "build", "start"),
	})
	if lab.Stopped() {
		return nil, measure.ErrStopped
	}
	return releases.Time(lab, programs, append(slices.Clone(missing), lacking...), func(op, via string) (record.Name, bool) {
		n := record.Name{Study: toolchainsName, Op: op, Lang: "c", Via: via}
		if via == "direct" {
			n.Lang = "go"
		}
		return n, true
	})
}
