// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package process

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"toll/goside/kernel"
)

// stream is the transport by a pipe in each direction, or by a socket.
type stream struct {
	m       message
	out     io.Writer
	in      *bufio.Reader
	files   []*os.File // the first is what in reads
	request []byte
	scratch []byte
	head    [16 + 8*8]byte
}

// newStream returns the transport by these files, which may be the same.
func newStream(in, out *os.File) *stream {
	s := &stream{out: out, in: bufio.NewReaderSize(in, 1<<16), files: []*os.File{in}}
	if out != in {
		s.files = append(s.files, out)
	}
	return s
}

func (s *stream) message() *message { return &s.m }

func (s *stream) shares() kernel.Memory { return nil }

// gone leaves a second for what is still on its way: another process may hold the other end open.
func (s *stream) gone() { _ = s.files[0].SetReadDeadline(time.Now().Add(time.Second)) }

func (s *stream) hangUp() (err error) {
	for _, f := range s.files {
		err = errors.Join(err, f.Close())
	}
	return err
}

func (s *stream) exchange(arrays []array) error {
	if n := s.in.Buffered(); n > 0 {
		return fmt.Errorf("it sent %d bytes that nothing asked for", n)
	}
	if err := s.send(arrays); err != nil {
		return err
	}
	return s.receive(arrays)
}

func (s *stream) send(arrays []array) error {
	m := &s.m
	b := s.request[:0]
	b = append(b, "TOLQ"...)
	for _, n := range [...]uint32{m.Function, m.Variant, m.Integers, m.Doubles, m.Arrays} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	for _, x := range m.Integer[:m.Integers] {
		b = binary.LittleEndian.AppendUint64(b, uint64(x))
	}
	for _, x := range m.Double[:m.Doubles] {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	for _, a := range arrays {
		b = binary.LittleEndian.AppendUint32(b, uint32(a.kind))
		b = binary.LittleEndian.AppendUint32(b, a.direction())
		b = binary.LittleEndian.AppendUint64(b, uint64(len(a.bytes)))
		if !a.in {
			continue
		}
		// The head and small arrays are one write.
		if len(b)+len(a.bytes) <= 1<<15 {
			b = append(b, a.bytes...)
			continue
		}
		if _, err := s.out.Write(b); err != nil {
			return err
		}
		if _, err := s.out.Write(a.bytes); err != nil {
			return err
		}
		b = b[:0]
	}
	s.request = b
	if len(b) == 0 {
		return nil
	}
	_, err := s.out.Write(b)
	return err
}

func (s *stream) receive(arrays []array) error {
	m := &s.m
	if _, err := io.ReadFull(s.in, s.head[:8]); err != nil {
		return err
	}
	if magic := string(s.head[:4]); magic != "TOLR" {
		return fmt.Errorf("a response begins with %q, want TOLR", magic)
	}
	m.Status = binary.LittleEndian.Uint32(s.head[4:])
	if m.Status != 0 {
		text, err := readText(s.in)
		m.TextLength = uint32(copy(m.Text[:], text))
		return err
	}
	if _, err := io.ReadFull(s.in, s.head[:8]); err != nil {
		return err
	}
	m.Integers, m.Doubles = binary.LittleEndian.Uint32(s.head[:]), binary.LittleEndian.Uint32(s.head[4:])
	f := &functions[m.Function]
	if m.Integers != f.integers || m.Doubles != f.doubles {
		return badCounts(f.name, m.Integers, m.Doubles, f.integers, f.doubles)
	}
	values := s.head[:8*(m.Integers+m.Doubles)]
	if _, err := io.ReadFull(s.in, values); err != nil {
		return err
	}
	for k := range m.Integers {
		m.Integer[k] = int64(binary.LittleEndian.Uint64(values[8*k:]))
	}
	for k := range m.Doubles {
		m.Double[k] = math.Float64frombits(binary.LittleEndian.Uint64(values[8*(m.Integers+k):]))
	}
	for _, a := range arrays {
		switch {
		case a.out.lines == 0:
		case a.out.lines == 1 && a.out.length == len(a.bytes):
			if _, err := io.ReadFull(s.in, a.bytes); err != nil {
				return err
			}
		default:
			if cap(s.scratch) < len(a.bytes) {
				s.scratch = make([]byte, len(a.bytes))
			}
			from := s.scratch[:len(a.bytes)]
			if _, err := io.ReadFull(s.in, from); err != nil {
				return err
			}
			a.copyFrom(from)
		}
	}
	return nil
}
