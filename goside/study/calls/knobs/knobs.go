// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package knobs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"toll/goside/calls"
	"toll/goside/measure"
	"toll/goside/record"
	"toll/goside/study"
	"toll/goside/via/purego"
)

// KnobsName is the study of what one can choose about a call.
const KnobsName = "Knobs"

// PlainMemory says where that which a kernel of the knobs passes lies in its plain call. A struct with a pointer
// into Go's memory cannot be passed at all unless what it points to is pinned.
var PlainMemory = map[string]string{
	"noop": "none", "first": "go-heap", "first-void": "go-heap", "struct": "pinned-once", "structs": "pinned-once",
}

// plain reports whether nothing but the kernel and the crossing was chosen.
func plain(k *calls.Knob) bool {
	return k.Directives == "none" && k.Memory == PlainMemory[k.Kernel] && k.Thread == "free" &&
		(k.Symbol == "static" || k.Via != "cgo")
}

// KnobSubjects returns the calls to be timed in this process: of cgo, all directives with all places of memory,
// and what else there is to choose one at a time from the plain call, which is also entered once more (see
// [Again]). full makes it the whole matrix: functions called through an address with all directives, and
// everything with the goroutine locked to its thread. Those by purego are for comparison, as are a Go call, a
// pair of LockOSThread and UnlockOSThread, and a hand-off between goroutines.
//
// Without the shared library what needs it is left out, with an error that is seam.ErrUnavailable.
func KnobSubjects(full bool) ([]measure.Subject, error) {
	knobs, err := allKnobs()
	var subjects []measure.Subject
	for k := range knobs {
		knob := &knobs[k]
		isPlain := plain(knob)
		if !full && knob.Symbol != "static" && knob.Directives != "none" {
			continue
		}
		subjects = append(subjects, knobSubject(knob, "c", knob.Thread, knob.Run))
		if knob.Via == "cgo" && knob.Thread == "free" && (full || isPlain && oneFactor(knob.Kernel)) {
			subjects = append(subjects, knobSubject(knob, "c", "locked", locked(knob.Run)))
		}
		if knob.Via == "cgo" && isPlain {
			subjects = append(subjects, knobSubject(knob, "c"+record.Again, knob.Thread, knob.Run))
		}
	}
	subjects = append(subjects,
		goKnob("call", "free", 1, func(n int) error {
			for range n {
				study.Nothing()
			}
			return nil
		}),
		goKnob("lock", "free", 1, func(n int) error {
			for range n {
				runtime.LockOSThread()
				runtime.UnlockOSThread()
			}
			return nil
		}),
		goKnob("switch", "free", 2, func(n int) error { study.HandOff(n); return nil }),
		goKnob("switch", "locked", 2, locked(func(n int) error { study.HandOff(n); return nil })),
	)
	return sideBySide(subjects), err
}

// oneFactor reports whether the settings are changed one at a time around the plain call of that kernel.
func oneFactor(kernel string) bool {
	return kernel == "noop" || kernel == "first" || kernel == "struct"
}

// KnobChildSubjects returns what is to be timed in each of the processes of [Knobs]: the plain calls, those by
// purego, a Go call, and a pointer stored, which the strictest setting of cgocheck checks. full makes it all
// that KnobSubjects returns. A program built without cgo has only what needs none.
func KnobChildSubjects(full bool) ([]measure.Subject, error) {
	store := goKnob("store", "free", 1, func(n int) error {
		to, value := new(*int), new(int)
		for range n {
			*to = value
		}
		kept.Store(to)
		return nil
	})
	if full {
		subjects, err := KnobSubjects(true)
		return append(subjects, store), err
	}
	knobs, err := allKnobs()
	subjects := []measure.Subject{store, goKnob("call", "free", 1, func(n int) error {
		for range n {
			study.Nothing()
		}
		return nil
	})}
	for k := range knobs {
		if plain(&knobs[k]) {
			subjects = append(subjects, knobSubject(&knobs[k], "c", "free", knobs[k].Run))
		}
	}
	return sideBySide(subjects), err
}

// kept keeps what is stored from being optimised away.
var kept atomic.Pointer[*int]

func allKnobs() ([]calls.Knob, error) {
	byCgo, err := cgoKnobs()
	byPurego, errPurego := purego.Knobs()
	if err := errors.Join(err, errPurego); err != nil {
		return append(byCgo, byPurego...), fmt.Errorf("study: %w", err)
	}
	return append(byCgo, byPurego...), nil
}

// knobSubject returns a subject that parks, whatever it does, so that the goroutine is locked to its thread only if the knob
// has it so.
func knobSubject(k *calls.Knob, lang, thread string, run func(n int) error) measure.Subject {
	return measure.Subject{
		Name: fmt.Sprintf("%s/kernel=%s/lang=%s/via=%s/directives=%s/memory=%s/thread=%s/symbol=%s/n=%d",
			KnobsName, k.Kernel, lang, k.Via, k.Directives, k.Memory, thread, k.Symbol, k.N),
		Facts: knobFacts(k.Kernel),
		Run:   run,
		Least: 1,
		Parks: true,
	}
}

func goKnob(kernel, thread string, least int, run func(n int) error) measure.Subject {
	return measure.Subject{
		Name:  fmt.Sprintf("%s/kernel=%s/lang=go/via=direct/thread=%s/n=1", KnobsName, kernel, thread),
		Facts: knobFacts(kernel),
		Run:   run,
		Least: least,
		Parks: true,
	}
}

func knobFacts(kernel string) []measure.Fact {
	return []measure.Fact{{Key: "problem", Value: "knobs " + kernel}, {Key: "per", Value: "call"}}
}

// sideBySide puts subjects of equal facts one after another, so that they are visited so.
func sideBySide(subjects []measure.Subject) []measure.Subject {
	slices.SortStableFunc(subjects, func(a, b measure.Subject) int {
		return strings.Compare(a.Facts[0].Value, b.Facts[0].Value)
	})
	return subjects
}

// locked returns run with its goroutine locked to its thread.
func locked(run func(n int) error) func(n int) error {
	return func(n int) error {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		return run(n)
	}
}

// GCSubjects returns calls, and Go work that takes as long as one, while the garbage collector is idle and while it
// runs hard: collection upon collection of a live heap of 32 MiB. They are to be timed by themselves, in
// batches of 30 ms or more, to have several collections in each. Memory is freed when the subjects are dropped.
//
// Without the shared library what needs it is left out, with an error that is seam.ErrUnavailable.
func GCSubjects() ([]measure.Subject, error) {
	knobs, err := allKnobs()
	c := &collector{}
	var subjects []measure.Subject
	add := func(s measure.Subject) {
		idle, hard := s, s
		idle.Name, hard.Name = withSetting(s.Name, "gc", "idle"), withSetting(s.Name, "gc", "hard")
		idle.Reset = c.wait
		hard.Reset = c.start
		hard.Run = func(n int) error {
			defer c.halt() // and go on: how long the last collection takes is no part of the calls
			return s.Run(n)
		}
		subjects = append(subjects, idle, hard)
	}
	add(goKnob("work", "free", 1, work))
	for k := range knobs {
		knob := &knobs[k]
		others := knob.Kernel == "first" && knob.Memory == "stack" || knob.Kernel == "struct" && knob.Memory == "pinned-each"
		isStatic := knob.Via == "cgo" && knob.Symbol == "static" && knob.Directives == "none" && knob.Thread == "free"
		isPlain := plain(knob) && (knob.Kernel == "noop" && knob.Via != "syscalln" || knob.Kernel == "first" && knob.Via == "cgo")
		if isPlain || others && isStatic {
			add(knobSubject(knob, "c", "free", knob.Run))
		}
	}
	return subjects, err
}

// work does n times what takes a few dozen nanoseconds.
func work(n int) error {
	x := uint64(1)
	for range n {
		for range 20 { // of Marsaglia's xorshift, which never comes to 0
			x ^= x << 13
			x ^= x >> 7
			x ^= x << 17
		}
	}
	if x == 0 {
		return errors.New("study: knobs: the work's result is 0, want another number")
	}
	return nil
}

// collector has garbage collected again and again. It is used from one goroutine.
type collector struct {
	live []*leaf
	stop atomic.Bool
	done chan struct{} // closed when the last collection has ended; nil before the first
}

type leaf struct {
	next *leaf
	_    [2]uint64
}

const leaves = 1 << 20 // of 24 bytes and a pointer of 8 to each

// start returns when the first collection has ended and others follow.
func (c *collector) start() {
	c.wait()
	if c.live == nil {
		c.live = make([]*leaf, leaves)
		for k := range c.live {
			c.live[k] = &leaf{next: c.live[max(k-1, 0)]}
		}
	}
	c.stop.Store(false)
	first, done := make(chan struct{}), make(chan struct{})
	c.done = done
	go func() {
		defer close(done)
		runtime.GC()
		close(first)
		for !c.stop.Load() {
			runtime.GC()
		}
	}()
	<-first
}

// halt lets the collection under way be the last.
func (c *collector) halt() { c.stop.Store(true) }

// wait returns when nothing is collected any more.
func (c *collector) wait() {
	if c.done != nil {
		c.halt()
		<-c.done
	}
}

// KnobProcess is a program to be run, and the setting that it shows.
type KnobProcess struct {
	Setting measure.Fact // goes into its series' names: {"cgocheck", "0"}
	Exe     string
	Env     []string // beside this process's own
	Again   bool     // it is the second with this setting, see [Again]
}

// KnobProcesses returns the processes whose settings hold from their start: exe with cgocheck=1, Go's default, twice
// and with cgocheck=0; nocgo, a program built with CGO_ENABLED=0; and cgocheck2, one built with
// GOEXPERIMENT=cgocheck2. Those whose file name is empty are left out.
func KnobProcesses(exe, nocgo, cgocheck2 string) []KnobProcess {
	cgocheck := func(value string) string {
		if set := os.Getenv("GODEBUG"); set != "" {
			return "GODEBUG=" + set + ",cgocheck=" + value // the last one holds
		}
		return "GODEBUG=cgocheck=" + value
	}
	var all []KnobProcess
	if exe != "" {
		all = append(all,
			KnobProcess{Setting: measure.Fact{Key: "cgocheck", Value: "1"}, Exe: exe, Env: []string{cgocheck("1")}},
			KnobProcess{Setting: measure.Fact{Key: "cgocheck", Value: "1"}, Exe: exe, Env: []string{cgocheck("1")}, Again: true},
			KnobProcess{Setting: measure.Fact{Key: "cgocheck", Value: "0"}, Exe: exe, Env: []string{cgocheck("0")}})
	}
	if cgocheck2 != "" {
		all = append(all, KnobProcess{Setting: measure.Fact{Key: "cgocheck", Value: "2"}, Exe: cgocheck2, Env: []string{cgocheck("1")}})
	}
	if nocgo != "" {
		all = append(all, KnobProcess{Setting: measure.Fact{Key: "cgo", Value: "0"}, Exe: nocgo, Env: []string{cgocheck("1")}})
	}
	return all
}

// Knobs runs every process once in each round, in an order drawn anew by seed, and returns their series, with
// the processes' settings in the names and a sample for each round. A process is to time [KnobChildSubjects] for
// one round and write the record of it to its standard output, which read reads back; args are its arguments in
// a round. progress is called after each process.
func Knobs(processes []KnobProcess, rounds int, seed uint64, args func(round int) []string,
	read func(io.Reader) ([]measure.Series, error), progress func(done, all int)) ([]measure.Series, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	merged := make([][]measure.Series, len(processes))
	done := 0
	for round := range rounds {
		for _, k := range rng.Perm(len(processes)) {
			series, err := processes[k].run(args(round), read)
			if err == nil {
				merged[k], err = merge(merged[k], series, round)
			}
			if err != nil {
				return nil, fmt.Errorf("study: %s with %s=%s: %w", processes[k].Exe, processes[k].Setting.Key, processes[k].Setting.Value, err)
			}
			done++
			progress(done, len(processes)*rounds)
		}
	}
	return slices.Concat(merged...), nil
}

// run runs the process and returns its series under the names that they have beside others.
func (p *KnobProcess) run(args []string, read func(io.Reader) ([]measure.Series, error)) ([]measure.Series, error) {
	var stderr bytes.Buffer
	cmd := exec.Command(p.Exe, args...)
	cmd.Env = append(os.Environ(), p.Env...)
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
		s.Name = withSetting(s.Name, p.Setting.Key, p.Setting.Value)
		if p.Again {
			before, lang, _ := strings.Cut(s.Name, "/lang=")
			lang, after, _ := strings.Cut(lang, "/")
			s.Name = before + "/lang=" + lang + record.Again + "/" + after
		}
		series[k].Subject = &s
	}
	return series, nil
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

// withSetting returns the name with the setting before its size.
func withSetting(name, key, value string) string {
	at := strings.LastIndex(name, "/n=")
	if at < 0 {
		at = len(name)
	}
	return name[:at] + "/" + key + "=" + value + name[at:]
}
