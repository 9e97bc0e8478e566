// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/record"
)

// partial is the record of a run that is under way: what is complete so far, in a file beside that of the whole. Whatever ends
// the process, it is a record, and says that it is cut short.
type partial struct {
	output   *Output // nil: there is none, since the record goes to no file
	declared []string
	facts    []measure.Fact   // of the run, from its beginning
	ended    []measure.Series // of experiments that came to their end
	begun    []measure.Series // of the one that is under way: what it measured before
	of       string           // that one's name
	next     time.Time        // not before is it written again
	written  bool
	failed   bool // to be written; it is not tried again
}

// share is the part of a run that writing its partial record may take.
const share = 1. / 20

// PartialOf returns the name of the partial record of a run whose record is to be in a file.
func PartialOf(file string) string { return strings.TrimSuffix(file, ".gz") + ".partial" }

// keep begins the partial record of a run. One that is there is of a run that was killed, and is replaced.
func (lab *Lab) keep(out *Output, facts []measure.Fact, declared []string) {
	lab.partial = partial{facts: facts, declared: declared}
	if out.stream != nil || out.file != nil {
		return
	}
	lab.partial.output = &Output{target: PartialOf(out.target)}
	if _, err := os.Lstat(lab.partial.output.target); err == nil {
		fmt.Fprintf(lab.Stderr, "toll: %s is of a run that was killed; this run will replace it\n", lab.partial.output.target)
	}
}

// stand returns the facts of the run as it stands: those from its beginning, why it was cut short, unless that is "", what is known
// of the machine only at its end, and what experiments said.
func (lab *Lab) stand(facts []measure.Fact, interrupted string, ended ...measure.Fact) []measure.Fact {
	facts = slices.Clone(facts)
	if interrupted != "" {
		facts = append(facts, measure.Fact{Key: "interrupted", Value: interrupted})
	}
	facts = append(facts, measure.Fact{Key: "threads", Value: fmt.Sprint(lab.Threads)}, measure.Fact{Key: "seed", Value: fmt.Sprint(lab.Seed)})
	facts = append(append(facts, ended...), lab.facts...)
	if lab.resolution > 0 {
		facts = append(facts, measure.Fact{Key: "clock-step", Value: lab.resolution.String()}, measure.Fact{Key: "batch", Value: lab.batch.String()},
			measure.Fact{Key: "collections", Value: fmt.Sprint(lab.collections)})
	}
	return facts
}

// sofar writes the partial record with these series of the experiment that is under way, besides what it had measured before.
// Unless it must, it does not if it did a short while ago.
func (lab *Lab) sofar(series []measure.Series, must bool) {
	p := &lab.partial
	if p.output == nil || p.failed || !must && time.Now().Before(p.next) {
		return
	}
	sound, _ := record.Sound(p.declared, slices.Concat(p.ended, p.begun, series)) // what is not is said at the end of the run
	if len(sound) == 0 {
		return
	}
	start := time.Now()
	var text bytes.Buffer
	err := record.Write(&text, lab.stand(p.facts, "in "+p.of+", by what ended the process"), p.declared, runtime.GOMAXPROCS(0), sound)
	if err == nil {
		err = p.output.replace(text.Bytes(), false)
	}
	if err != nil {
		fmt.Fprintf(lab.Stderr, "toll: what is measured is not kept before the end of the run: %v\n", err)
		p.failed = true
		return
	}
	p.written = true
	p.next = time.Now().Add(time.Duration(float64(time.Since(start)) / share))
}

// whole removes the partial record, since the whole one is written.
func (p *partial) whole() error {
	if !p.written {
		return nil
	}
	if err := os.Remove(p.output.target); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
