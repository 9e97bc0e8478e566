// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"

	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
)

// process is a program to be run, and the setting that it shows.
type process struct {
	setting record.Key // goes into its series' names: {"cgocheck", "0"}
	exe     string
	env     []string // beside this process's own
	again   bool     // it is the second with this setting, see record.EntryAgain
}

// processes returns the processes whose settings hold from their start: exe with cgocheck=1, Go's default, twice
// and with cgocheck=0; nocgo, a program built with CGO_ENABLED=0; and cgocheck2, one built with
// GOEXPERIMENT=cgocheck2. Those whose file name is empty are left out.
func processes(exe, nocgo, cgocheck2 string) []process {
	env := func(cgocheck string) []string {
		if set := os.Getenv("GODEBUG"); set != "" {
			return []string{"GODEBUG=" + set + ",cgocheck=" + cgocheck} // the last one holds
		}
		return []string{"GODEBUG=cgocheck=" + cgocheck}
	}
	cgocheck := func(value string) record.Key { return record.Key{Key: "cgocheck", Value: value} }
	var all []process
	if exe != "" {
		all = append(all,
			process{setting: cgocheck("1"), exe: exe, env: env("1")},
			process{setting: cgocheck("1"), exe: exe, env: env("1"), again: true},
			process{setting: cgocheck("0"), exe: exe, env: env("0")})
	}
	if cgocheck2 != "" {
		all = append(all, process{setting: cgocheck("2"), exe: cgocheck2, env: env("1")})
	}
	if nocgo != "" {
		all = append(all, process{setting: record.Key{Key: "cgo", Value: "0"}, exe: nocgo, env: env("1")})
	}
	return all
}

// runProcesses runs every process once in each round, in an order drawn anew by seed, and returns their series, with
// the processes' settings in the names and a sample for each round. A process is to time childSubjects for
// one round and write the record of it to its standard output, which read reads back; args are its arguments in
// a round. progress is called after each process. When stop is closed, it returns the complete rounds with
// measure.ErrStopped.
func runProcesses(processes []process, rounds int, seed uint64, args func(round int) []string,
	read func(io.Reader) ([]measure.Series, error), stop <-chan struct{}, progress func(done, all int)) ([]measure.Series, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	merged := make([][]measure.Series, len(processes))
	done := 0
	for round := range rounds {
		series := make([][]measure.Series, len(processes))
		for _, k := range rng.Perm(len(processes)) {
			var err error
			if !study.Ended(stop) {
				series[k], err = processes[k].run(args(round), read)
			}
			if study.Ended(stop) { // perhaps the reason of err
				return slices.Concat(merged...), measure.ErrStopped
			}
			if err != nil {
				return nil, processes[k].failed(err)
			}
			done++
			progress(done, len(processes)*rounds)
		}
		for k := range processes {
			var err error
			if merged[k], err = merge(merged[k], series[k], round); err != nil {
				return nil, processes[k].failed(err)
			}
		}
	}
	return slices.Concat(merged...), nil
}

func (p *process) failed(err error) error {
	return fmt.Errorf("knobs: %s with %s=%s: %w", p.exe, p.setting.Key, p.setting.Value, err)
}

// run runs the process and returns its series under the names that they have beside others.
func (p *process) run(args []string, read func(io.Reader) ([]measure.Series, error)) ([]measure.Series, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(p.exe, args...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	series, err := read(bytes.NewReader(stdout))
	if err != nil {
		return nil, err
	}
	for k := range series {
		s := *series[k].Subject // the reader's own stays as it is
		s.Name = p.named(s.Name)
		series[k].Subject = &s
	}
	return series, nil
}

// named returns a name from the process as it is beside those of others.
func (p *process) named(name string) string {
	n := record.ParseName(name)
	n.Keys = append(n.Keys, p.setting)
	if p.again {
		n.Entry = record.EntryAgain
	}
	return n.String()
}

// merge adds a round's samples, one of each series, to those of the rounds before it.
func merge(all, next []measure.Series, round int) ([]measure.Series, error) {
	if len(next) == 0 || round > 0 && len(next) != len(all) {
		return nil, fmt.Errorf("round %d has %d series, want as many as the others: %d", round, len(next), len(all))
	}
	names := map[string]bool{}
	for k := range next {
		name := next[k].Subject.Name
		if len(next[k].Samples) != 1 || names[name] {
			return nil, fmt.Errorf("%s has %d samples in round %d, want one, once", name, len(next[k].Samples), round)
		}
		names[name] = true
		if round == 0 {
			continue
		}
		at := slices.IndexFunc(all, func(s measure.Series) bool { return s.Subject.Name == name })
		if at < 0 {
			return nil, fmt.Errorf("round %d has %s, which the rounds before it do not have", round, name)
		}
		all[at].Samples = append(all[at].Samples, next[k].Samples...)
	}
	if round == 0 {
		return next, nil
	}
	return all, nil
}
