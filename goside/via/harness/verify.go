// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"runtime/debug"
	"unsafe"

	"github.com/ebitengine/purego"

	"toll/goside/try/argument"
	"toll/goside/try/prototype"
	"toll/goside/via/thread"
)

// maxText is how much of a text is read.
const maxText = 1 << 20

// verify makes a call for each seed, on one thread.
func (s *session) verify() error {
	address := s.address
	if s.Reference != nil {
		address = s.reference
	}
	calls, err := s.open(s.Crossings[0], address)
	if err != nil {
		return err
	}
	seeds := s.Seeds
	if len(seeds) == 0 {
		seeds = []uint64{0}
	}
	var workers pool
	defer workers.close()
	if s.Crossings[0] == process {
		if err := workers.start(s, 1); err != nil {
			return err
		}
	}
	thread.Do(func() {
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // of a Go function at a guard page
		for number, seed := range seeds {
			if err = s.verifyOne(calls, &workers, seed, uint64(number)); err != nil {
				return
			}
		}
	})
	return err
}

// placed is a frame whose memory lies between guard pages.
type placed struct {
	*Frame
	places []*place // by parameter, nil without memory
}

// guarded returns a frame whose memory lies between guard pages, as the job asks for.
func (s *session) guarded(values []argument.Value, salt uint64) (*placed, error) {
	all := &placed{places: make([]*place, len(values))}
	var err error
	all.Frame, err = s.frame(values, func(k int, v *argument.Value) ([]byte, error) {
		p, err := newPlace(len(v.Bytes), v.Align, s.Slack[s.function.Params[k].Name], s.Low, salt+uint64(k)<<32)
		if err != nil {
			return nil, err
		}
		all.places[k] = p
		return p.memory(), nil
	})
	if err != nil {
		all.release()
		return nil, err
	}
	return all, nil
}

func (p *placed) release() {
	for _, place := range p.places {
		if place != nil {
			place.release()
		}
	}
}

// protect lets the memory that the function only reads be read only.
func (p *placed) protect(readOnly bool) error {
	for k, place := range p.places {
		if place != nil && p.parameters[k].Access == argument.In {
			if err := place.protect(readOnly); err != nil {
				return err
			}
		}
	}
	return nil
}

// verifyOne makes a call. Canaries differ from one number to another: what a call writes may equal some that were there.
func (s *session) verifyOne(calls Calls, workers *pool, seed, number uint64) error {
	crossing, set := s.Crossings[0], s.Sets[0]
	values, err := s.Plan.Values(set, seed)
	if err != nil {
		return err
	}
	f, err := s.guarded(values, number)
	if err != nil {
		return err
	}
	defer f.release()
	f.worker = workers.next()
	calling := Calling{Crossing: crossing, Set: set, Seed: seed}
	for k, p := range f.places {
		if p != nil {
			calling.Memory = append(calling.Memory, Placed{
				Name: s.function.Params[k].Name, Address: uint64(uintptr(unsafe.Pointer(unsafe.SliceData(p.memory())))), Size: uint64(p.size),
				Before: uint64(p.at), Behind: uint64(p.behind()), Low: s.Low, ReadOnly: f.parameters[k].Access == argument.In,
			})
		}
	}
	if err := f.protect(true); err != nil {
		return err
	}
	before := look()
	s.report.send(Event{Calling: &calling})
	err = caught(crossing, func() { calls(f.Frame, 1) })
	endCopy()
	called := Called{Crossing: crossing, Set: set, Seed: seed}
	if crossing != process { // else the function runs elsewhere, and what changes here is not its doing
		called.Noticed = before.changes(look())
	}
	if err != nil {
		return err
	}
	if err := f.protect(false); err != nil {
		return err
	}
	if err := caught("reading the result", func() { s.readResult(f.Frame, &called) }); err != nil {
		return err
	}
	called.Memory, called.Spilled, called.Under = map[string][]byte{}, map[string]int64{}, map[string]int64{}
	for k, p := range f.places {
		if p == nil {
			continue
		}
		name := s.function.Params[k].Name
		called.Memory[name] = p.memory()
		behind, under := p.spilled()
		if behind > 0 {
			called.Spilled[name] = behind
		}
		if under > 0 {
			called.Under[name] = under
		}
	}
	s.report.send(Event{Called: &called})
	return nil
}

// readResult reads the result, and what it leads to if that is text. Then it is freed, if the plan says by what.
func (s *session) readResult(f *Frame, called *Called) {
	called.Result = f.resultBytes()
	t := s.function.Result
	if t == nil || t.Kind != prototype.Pointer || f.pointer() == nil {
		return
	}
	k, offset := f.within(uintptr(f.pointer()))
	if k >= 0 {
		called.Into, called.Offset = s.function.Params[k].Name, offset
	}
	if t.Text() && (k < 0 || offset < int64(len(f.parameters[k].memory))) {
		s.report.step("reading the result")
		text := string(textAt(f.pointer()))
		called.Text = &text
	}
	if s.free != 0 && f.worker == nil {
		s.report.step(fmt.Sprintf("freeing the result by %s", s.Plan.Free))
		purego.SyscallN(s.free, uintptr(f.pointer()))
	}
}
