// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"toll/goside/measure"
	"toll/goside/study"
	"toll/goside/try/prototype"
	"toll/goside/via/harness"
)

// run is a request while it is run.
type run struct {
	*Request
	lab    *study.Lab
	folder string // of jobs
}

// How often functions are called to be verified: twice as the user said, then with that many random arguments.
const (
	fewSeeds  = 8
	manySeeds = 100
)

// seeds returns those of a verification's calls.
func (t *run) seeds(p *problem) []uint64 {
	seeds := []uint64{0, 0}
	n := uint64(fewSeeds)
	if t.Full {
		n = manySeeds
	}
	if p.plan.Random() {
		for k := range n {
			seeds = append(seeds, k+1)
		}
	}
	return seeds
}

// run runs a child for a job about a function. If the run is to stop, the error is measure.ErrStopped.
func (t *run) run(job *harness.Job, silence time.Duration, told func(*harness.Event)) (*ending, error) {
	job.Library = t.library
	c := child{program: t.program.File, silence: silence, done: t.lab.Done, folder: t.folder, told: told}
	e, err := c.run(job)
	if err == nil && e.stopped {
		err = measure.ErrStopped
	}
	return e, err
}

// verify makes calls through a crossing in a process of their own.
func (t *run) verify(p *problem, r *row, set int, seeds []uint64, low bool, slack map[string]int64) (*ending, error) {
	job := &harness.Job{Do: harness.Verify, Plan: p.plan, Crossings: []string{r.crossing}, Sets: []int{set}, Seeds: seeds, Low: low, Slack: slack}
	if r.reference {
		job.Reference = t.named
	}
	return t.run(job, t.Limit, nil)
}

// null returns the arguments that are nil.
func (p *problem) null(set int) []string {
	values, err := p.plan.Values(set, 0)
	if err != nil {
		return nil
	}
	var all []string
	for k, v := range values {
		if v.Nil {
			all = append(all, p.function.Params[k].Name)
		}
	}
	return all
}

// left is what a row's calls left in a set.
type left struct {
	row       *row
	high, low []*harness.Called // with memory that ends at a page without access, and with memory that begins at one
}

// verifySet verifies a function through all its crossings with the arguments of a set, and notes in the rows what holds.
func (t *run) verifySet(p *problem, set int) error {
	var all []*left
	sized := map[string]string{}
	for _, r := range p.rows {
		if r.left != "" {
			continue
		}
		t.lab.Progress.On(r.crossing)
		l, why, err := t.verifyRow(p, r, set, sized)
		if err != nil {
			return err
		}
		switch {
		case strings.HasSuffix(why, harness.NotShared):
			r.left = why
		case why != "":
			r.failed[set] = why
		default:
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		return nil
	}
	base := agreeing(p.function, all)
	again, err := t.whetherDeterministic(p, base, set)
	if err != nil {
		return err
	}
	p.calls = max(p.calls, len(base.high)+len(base.low))
	for _, l := range all {
		said := ""
		if again == "" {
			said = l.differs(p.function, base)
		}
		switch {
		case said == "":
			l.row.held = append(l.row.held, set)
		case l.row.other():
			l.row.differs = said
			l.row.held = append(l.row.held, set)
		default:
			l.row.failed[set] = said
		}
	}
	if where := firstDifference(p.function, base.high, base.low); where != "" && again == "" {
		p.note("its bits depend on where memory lies: " + where)
	}
	t.check(p, base, set)
	return nil
}

// other reports whether it is another function's row, which is shown and timed even if it returns other bits.
func (r *row) other() bool { return r.reference || r.crossing == directName }

// note notes what was noticed of a function, once.
func (p *problem) note(said string) {
	if !slices.Contains(p.notes, said) {
		p.notes = append(p.notes, said)
	}
}

// verifyRow makes the calls through a crossing, and returns what they left, or why it does not hold. sized is what was found of
// overruns of other crossings.
func (t *run) verifyRow(p *problem, r *row, set int, sized map[string]string) (*left, string, error) {
	l := &left{row: r}
	seeds := t.seeds(p)
	for _, low := range []bool{false, true} {
		e, err := t.verify(p, r, set, seeds, low, nil)
		if err != nil {
			return nil, "", err
		}
		if why := e.why(p.null(set)); why != "" {
			if f := e.crash(); f != nil && f.name != "" && f.behind >= 0 && !f.within {
				key := fmt.Sprint(f.name, f.behind)
				if sized[key] == "" {
					said, err := t.overrun(p, r, set, seeds[:min(len(e.called)+2, len(seeds))], f)
					if err != nil {
						return nil, "", err
					}
					sized[key] = said
				}
				why = cmp.Or(sized[key], why)
			}
			return nil, why + e.callText(), nil
		}
		for _, said := range e.noticed {
			p.note(said)
		}
		for _, c := range e.called {
			if said := spilled(p.function, c); said != "" {
				return nil, said, nil
			}
			for _, said := range c.Noticed {
				r.note(said)
			}
		}
		if out := strings.TrimSpace(e.out); out != "" {
			r.note(fmt.Sprintf("it writes to standard output: %q", snip(firstLine(out))))
		}
		if errs := strings.TrimSpace(e.errs); errs != "" {
			r.note(fmt.Sprintf("it writes to standard error: %q", snip(firstLine(errs))))
		}
		if low {
			l.low = e.called
		} else {
			l.high = e.called
		}
	}
	if len(l.high) == 0 || len(l.high) != len(l.low) {
		return nil, fmt.Sprintf("made %d and %d calls, want %d", len(l.high), len(l.low), len(seeds)), nil
	}
	return l, "", nil
}

func (r *row) note(said string) {
	if !slices.Contains(r.notes, said) {
		r.notes = append(r.notes, said)
	}
}

// callText says in which call a child ended, "" if in the first.
func (e *ending) callText() string {
	if e.calling == nil || e.calling.Seed == 0 {
		return ""
	}
	return fmt.Sprintf(", with the random arguments of seed %d", e.calling.Seed)
}

// spilled says whether a call wrote behind an argument's memory, or before it.
func spilled(f *prototype.Function, c *harness.Called) string {
	for _, p := range f.Params {
		if n := c.Spilled[p.Name]; n > 0 {
			return fmt.Sprintf("writes %s behind %s (%s)", bytesOf(n), p.Name, extent(p.Type, int64(len(c.Memory[p.Name]))))
		}
		if n := c.Under[p.Name]; n > 0 {
			return fmt.Sprintf("writes %s before %s (%s)", bytesOf(n), p.Name, extent(p.Type, int64(len(c.Memory[p.Name]))))
		}
	}
	return ""
}

// extent says how much memory there is: "1000 × double".
func extent(t *prototype.Type, bytes int64) string {
	e := elem(t)
	if e.Size < 1 || bytes%e.Size != 0 || e == byteType {
		return bytesOf(bytes)
	}
	return fmt.Sprintf("%d × %s", bytes/e.Size, e.Name)
}

// An overrun is sized up to this.
const mostSlack = 64 << 20

// overrun finds out how far behind an argument's memory the function reads and writes, by giving it more and more room. It
// returns "" if it cannot be told.
func (t *run) overrun(p *problem, r *row, set int, seeds []uint64, f *fault) (string, error) {
	fits := func(slack int64) (e *ending, fits, goesOn bool, err error) {
		e, err = t.verify(p, r, set, seeds, false, map[string]int64{f.name: slack})
		if err != nil {
			return nil, false, false, err
		}
		if e.done {
			return e, true, true, nil
		}
		found := e.crash()
		return e, false, found != nil && found.name == f.name && found.behind >= 0 && !found.within, nil
	}
	lo, hi := int64(0), f.behind+1 // lo does not fit
	var best *ending
	for best == nil {
		e, ok, goesOn, err := fits(hi)
		switch {
		case err != nil:
			return "", err
		case ok:
			best = e
		case !goesOn:
			return "", nil
		case hi >= mostSlack:
			return fmt.Sprintf("reads or writes more than %s behind %s", bytesOf(hi), f.name), nil
		default:
			lo, hi = hi, 2*hi
		}
	}
	for lo+1 < hi {
		middle := lo + (hi-lo)/2
		e, ok, _, err := fits(middle)
		if err != nil {
			return "", err
		}
		if ok {
			hi, best = middle, e
		} else {
			lo = middle
		}
	}
	for _, m := range best.memory { // which may be more than was asked for, to keep the memory aligned
		if m.Name == f.name {
			hi = int64(m.Behind)
		}
	}
	var writes, size int64
	for _, c := range best.called {
		writes = max(writes, c.Spilled[f.name])
		size = int64(len(c.Memory[f.name]))
	}
	at := slices.IndexFunc(p.function.Params, func(a prototype.Parameter) bool { return a.Name == f.name })
	of := fmt.Sprintf("%s (%s)", f.name, extent(p.function.Params[at].Type, size))
	e := max(elem(p.function.Params[at].Type).Size, 1)
	switch {
	case writes > 0 && (writes+e-1)/e*e >= hi: // what it writes may equal the bytes that were there
		return fmt.Sprintf("writes %s behind %s", bytesOf(max(writes, hi)), of), nil
	case writes > 0:
		return fmt.Sprintf("reads %s and writes %s behind %s", bytesOf(hi), bytesOf(writes), of), nil
	}
	return fmt.Sprintf("reads %s behind %s", bytesOf(hi), of), nil
}

// firstDifference returns where calls first left what differs, and in which call.
func firstDifference(f *prototype.Function, a, b []*harness.Called) string {
	for k := range a {
		if k >= len(b) {
			break
		}
		if said := same(f, a[k], b[k]); said != "" {
			if a[k].Seed > 0 {
				said += fmt.Sprintf(" (random arguments of seed %d)", a[k].Seed)
			}
			return said
		}
	}
	return ""
}

// differs says where a row's calls left something else than those of another, "" if all is equal to the bit.
func (l *left) differs(f *prototype.Function, base *left) string {
	if said := cmp.Or(firstDifference(f, l.high, base.high), firstDifference(f, l.low, base.low)); said != "" {
		return fmt.Sprintf("differs from %s: %s", base.row.crossing, said)
	}
	return ""
}

// agreeing returns the first of the largest group of rows that are equal to the bit, of the function itself if it has any.
func agreeing(f *prototype.Function, all []*left) *left {
	var best *left
	most := -1
	for _, l := range all {
		alike := 0
		for _, other := range all {
			if !other.row.other() && other.differs(f, l) == "" {
				alike++
			}
		}
		if l.row.other() {
			alike = 0
		}
		if alike > most {
			best, most = l, alike
		}
	}
	return best
}

// notDeterministic is how what is noticed of a function begins whose calls differ from process to process.
const notDeterministic = "it is not deterministic"

// whetherDeterministic notes whether two calls with the same arguments differ, and returns how two processes differ that make the
// same calls: then nothing can be compared.
func (t *run) whetherDeterministic(p *problem, base *left, set int) (string, error) {
	twice := ""
	if len(base.high) > 1 {
		twice = same(p.function, base.high[0], base.high[1])
	}
	e, err := t.verify(p, base.row, set, t.seeds(p), false, nil)
	if err != nil {
		return "", err
	}
	again := firstDifference(p.function, base.high, e.called)
	switch {
	case again != "":
		p.note(notDeterministic + ": two processes that make the same calls differ: " + again + "; so results are not compared")
		p.incomparable = true
	case twice != "":
		p.note("it keeps state: two calls with the same arguments differ: " + twice + "; so whole sequences of calls in fresh processes are compared")
	}
	return again, nil
}

// check notes in all rows if a call breaks a check.
func (t *run) check(p *problem, base *left, set int) {
	for _, c := range p.checks {
		for _, called := range slices.Concat(base.high, base.low) {
			values, err := p.plan.Values(set, called.Seed)
			if err != nil {
				continue // nor could it be called
			}
			why := c.broken(p.function, values, called)
			if why == "" {
				continue
			}
			if called.Seed > 0 {
				why += fmt.Sprintf(" (random arguments of seed %d)", called.Seed)
			}
			for _, r := range p.rows {
				if r.holds(set) && !r.other() {
					r.held = slices.DeleteFunc(r.held, func(s int) bool { return s == set })
					r.failed[set] = why
				}
			}
			return
		}
	}
}

// holds reports whether a row holds with the arguments of a set.
func (r *row) holds(set int) bool { return slices.Contains(r.held, set) }
