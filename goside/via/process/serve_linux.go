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
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"toll/goside/calls"
	"toll/goside/kernel"
	"toll/goside/via/mem"
)

// Serve is the worker in Go: it answers by the reference until the host hangs up, and then ends the program. The error is that
// of a request that is none. The transport is pipe, socket or shm.
func Serve(transport string) error {
	out := os.Stdin
	if transport == "pipe" {
		fd, err := unix.Dup(1)
		if err != nil {
			return err
		}
		if err := unix.Dup3(2, 1, 0); err != nil { // where all other output goes
			return err
		}
		out = os.NewFile(uintptr(fd), "pipe")
	}
	go endWithHost()
	s := &server{in: bufio.NewReaderSize(os.Stdin, 1<<16), out: bufio.NewWriterSize(out, 1<<16), kernels: kernel.Go().Checked(), calls: calls.Go()}
	if transport == "shm" {
		return s.serveMemory()
	}
	if err := s.hello(); err != nil {
		return err
	}
	for {
		if err := s.serveOne(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// endWithHost ends the process once the host has, or has closed its end, whatever the worker does.
func endWithHost() {
	host := []unix.PollFd{{Fd: 0}}
	for {
		if n, _ := unix.Poll(host, -1); n > 0 {
			os.Exit(0)
		}
	}
}

type server struct {
	in      *bufio.Reader
	out     *bufio.Writer
	kernels kernel.Funcs
	calls   *calls.Funcs
	m       message
	arrays  [maxArrays][]float64 // the memory of a request's arrays
	places  [maxArrays][]byte    // those arrays
}

func (s *server) hello() error {
	text := runtime.Version() + "\n"
	b := append([]byte("TOLH"), 0, 0, 0, 0, 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(b[4:], protocol)
	binary.LittleEndian.PutUint32(b[8:], uint32(len(text)))
	_, _ = s.out.Write(append(b, text...))
	return s.out.Flush()
}

// read reads numbers.
func (s *server) read(to any) error {
	return within(binary.Read(s.in, binary.LittleEndian, to))
}

// within is the error of reading something within a request.
func within(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// serveOne answers a request by pipe or socket. The error is io.EOF once the host has hung up.
func (s *server) serveOne() error {
	var head [24]byte
	if _, err := io.ReadFull(s.in, head[:]); err != nil {
		return err
	}
	if magic := string(head[:4]); magic != "TOLQ" {
		return fmt.Errorf("the input has %q, want a request", magic)
	}
	m := &s.m
	for k, to := range []*uint32{&m.Function, &m.Variant, &m.Integers, &m.Doubles, &m.Arrays} {
		*to = binary.LittleEndian.Uint32(head[4+4*k:])
	}
	if err := m.checkCounts(); err != nil {
		return err
	}
	if err := errors.Join(s.read(m.Integer[:m.Integers]), s.read(m.Double[:m.Doubles])); err != nil {
		return err
	}
	for k := range m.Arrays {
		a := &m.Array[k]
		if _, err := io.ReadFull(s.in, head[:16]); err != nil {
			return within(err)
		}
		a.Kind, a.Direction, a.Bytes = binary.LittleEndian.Uint32(head[:]), binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint64(head[8:])
		if a.Bytes > 1<<40 {
			return fmt.Errorf("an array of %d bytes, want at most %d", a.Bytes, 1<<40)
		}
		if n := int(a.Bytes+7) / 8; n > len(s.arrays[k]) {
			s.arrays[k] = make([]float64, n)
		}
		s.places[k] = mem.Bytes(s.arrays[k])[:a.Bytes]
		if a.Direction&directionIn != 0 {
			if _, err := io.ReadFull(s.in, s.places[k]); err != nil {
				return within(err)
			}
		}
	}
	s.answer(m)
	return s.respond()
}

func (m *message) checkCounts() error {
	if m.Integers > maxNumbers || m.Doubles > maxNumbers || m.Arrays > maxArrays {
		return fmt.Errorf("a request of %d integers, %d doubles and %d arrays, want at most %d, %d and %d",
			m.Integers, m.Doubles, m.Arrays, maxNumbers, maxNumbers, maxArrays)
	}
	return nil
}

func (s *server) respond() error {
	m := &s.m
	var b [16 + 8*8]byte
	head := append(b[:0], "TOLR"...)
	head = binary.LittleEndian.AppendUint32(head, m.Status)
	if m.Status != 0 {
		head = binary.LittleEndian.AppendUint32(head, m.TextLength)
		_, _ = s.out.Write(append(head, m.Text[:m.TextLength]...))
		return s.out.Flush()
	}
	head = binary.LittleEndian.AppendUint32(head, m.Integers)
	head = binary.LittleEndian.AppendUint32(head, m.Doubles)
	for _, x := range m.Integer[:m.Integers] {
		head = binary.LittleEndian.AppendUint64(head, uint64(x))
	}
	for _, x := range m.Double[:m.Doubles] {
		head = binary.LittleEndian.AppendUint64(head, math.Float64bits(x))
	}
	_, _ = s.out.Write(head)
	for k := range m.Arrays {
		if m.Array[k].Direction&directionOut != 0 {
			_, _ = s.out.Write(s.places[k]) // the error stays for Flush
		}
	}
	return s.out.Flush()
}

// answer turns a request into its response.
func (s *server) answer(m *message) {
	defer func() {
		if v := recover(); v != nil {
			m.Status = 1
			m.TextLength = uint32(copy(m.Text[:], fmt.Sprintf("panic: %v", v)))
		}
	}()
	m.Status = 0
	integers, doubles := s.call(m)
	m.Integers, m.Doubles = uint32(copy(m.Integer[:], integers.values[:integers.n])), uint32(copy(m.Double[:], doubles.values[:doubles.n]))
}

// some are a few numbers.
type some[T any] struct {
	values [4]T
	n      int
}

func of[T any](values ...T) (s some[T]) {
	s.n = copy(s.values[:], values)
	return s
}

// doubles returns the memory of an array as elements.
func (s *server) doubles(k int) []float64 { return elements[float64](s.places[k]) }

// elements returns the memory of b as elements.
func elements[T any](b []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(*new(T))))
}

// grid returns the matrix that begins the integers, in an array.
func (s *server) grid(m *message, k int) kernel.Grid {
	return kernel.Grid{Data: s.doubles(k), Rows: int(m.Integer[0]), Cols: int(m.Integer[1]), LD: int(m.Integer[2]), Layout: kernel.Layout(m.Integer[3])}
}

// par returns how the kernel runs, which ends the integers.
func par(m *message) kernel.Par {
	n := m.Integers
	return kernel.Par{Threads: int(m.Integer[n-2]), Schedule: kernel.Schedule(m.Integer[n-1])}
}

func status(err error) some[int64] {
	if err == nil {
		return of(int64(kernel.OK))
	}
	s := kernel.ErrPanic
	_ = errors.As(err, &s)
	return of(int64(s))
}

// call calls a function, and returns the numbers that it answers.
func (s *server) call(m *message) (integers some[int64], doubles some[float64]) {
	i, f, c := &m.Integer, &m.Double, s.calls
	switch m.Function {
	case fnNoop:
		c.Noop()
	case fnNot:
		integers = of(c.Not(i[0]))
	case fnAdd:
		doubles = of(c.Add(f[0], f[1]))
	case fnSum:
		doubles = of(c.Sum(s.doubles(0)))
	case fnStep:
		integers = status(s.kernels.Step(&kernel.DiffusionStep{Out: s.grid(m, 0), In: s.grid(m, 1), Lo: int(i[4]), Hi: int(i[5]), D: f[0], Dt: f[1], Par: par(m)}))
	case fnRun, fnRunInterchanged:
		run := s.kernels.Run
		if m.Function == fnRunInterchanged {
			run = s.kernels.RunInterchanged
		}
		integers = status(run(&kernel.DiffusionRun{A: s.grid(m, 0), B: s.grid(m, 1), Steps: int(i[4]), D: f[0], Dt: f[1], Par: par(m)}))
	case fnJulia:
		integers = status(s.kernels.Julia(&kernel.Julia{Out: elements[int32](s.places[0]), Zs: elements[complex128](s.places[1]),
			Cs: elements[complex128](s.places[2]), Lo: int(i[0]), Hi: int(i[1]), MaxIter: int32(i[2]), Par: par(m)}))
	case fnJuliaSplit:
		integers = status(s.kernels.JuliaSplit(&kernel.JuliaSplit{Out: elements[int32](s.places[0]), Zr: s.doubles(1), Zi: s.doubles(2),
			Cr: s.doubles(3), Ci: s.doubles(4), Lo: int(i[0]), Hi: int(i[1]), MaxIter: int32(i[2]), Par: par(m)}))
	case fnOLS, fnOLSInterchanged:
		ols := s.kernels.OLS
		if m.Function == fnOLSInterchanged {
			ols = s.kernels.OLSInterchanged
		}
		integers = status(ols(&kernel.OLS{Slope: s.doubles(0), Intercept: s.doubles(1), Y: s.grid(m, 2), Lo: int(i[4]), Hi: int(i[5]), Par: par(m)}))
	case fnTranspose, fnTransposeNaive:
		transpose := s.kernels.Transpose
		if m.Function == fnTransposeNaive {
			transpose = s.kernels.TransposeNaive
		}
		integers = status(transpose(&kernel.Transpose{
			Out: kernel.Grid{Data: s.doubles(0), Rows: int(i[0]), Cols: int(i[1]), LD: int(i[2]), Layout: kernel.Col},
			In:  kernel.Grid{Data: s.doubles(1), Rows: int(i[0]), Cols: int(i[1]), LD: int(i[3]), Layout: kernel.Row}, Par: par(m)}))
	case fnTeam:
		integers = of(int64(s.kernels.Team(int(i[0]))))
	case fnInts:
		integers = of(c.Ints[m.Integers]((*[calls.MaxArity]int64)(i[:])))
	case fnDoubles:
		doubles = of(c.Doubles[m.Doubles]((*[calls.MaxArity]float64)(f[:])))
	case fnBool:
		integers = of(word(c.Bool(i[0] != 0, i[1] != 0)))
	case fnInt8:
		integers = of(c.Int8(int8(i[0]), int8(i[1])))
	case fnInt16:
		integers = of(c.Int16(int16(i[0]), int16(i[1])))
	case fnInt32:
		integers = of(c.Int32(int32(i[0]), int32(i[1])))
	case fnUint8:
		integers = of(c.Uint8(uint8(i[0]), uint8(i[1])))
	case fnUint16:
		integers = of(c.Uint16(uint16(i[0]), uint16(i[1])))
	case fnUint32:
		integers = of(c.Uint32(uint32(i[0]), uint32(i[1])))
	case fnFloat:
		doubles = of(float64(c.Float(float32(f[0]), float32(f[1]))))
	case fnLength:
		integers = of(c.Length(s.doubles(0)))
	case fnFirst:
		doubles = of(c.First(s.doubles(0)))
	case fnFill:
		c.Fill(s.doubles(0), f[0])
	case fnBatch:
		c.Batch(s.doubles(0), s.doubles(1), s.doubles(2))
	case fnVariadic:
		doubles = of(c.Variadic(i[0], f[0], i[1], f[1]))
	case fnPair:
		p := c.Pair(calls.Pair{X: f[0], Y: f[1]})
		doubles = of(p.X, p.Y)
	case fnPairAt:
		c.PairAt(&elements[calls.Pair](s.places[0])[0])
	case fnLongs:
		p := c.Longs(calls.Longs{X: i[0], Y: i[1]})
		integers = of(p.X, p.Y)
	case fnSplit:
		p := c.Split(calls.Split{X: i[0], Y: f[0]})
		integers, doubles = of(p.X), of(p.Y)
	case fnTriple:
		p := c.Triple(calls.Triple{X: float32(f[0]), Y: float32(f[1]), Z: float32(f[2])})
		doubles = of(float64(p.X), float64(p.Y), float64(p.Z))
	case fnMixed:
		x := c.Mixed(calls.Mixed{A: int8(i[0]), B: f[0], C: int32(i[1]), D: int16(i[2]), E: f[1], F: i[3]})
		integers, doubles = of(int64(x.A), int64(x.C), int64(x.D), x.F), of(x.B, x.E)
	case fnMixedAt:
		c.MixedAt(&elements[calls.Mixed](s.places[0])[0])
	case fnTextLength:
		integers = of(c.TextLength(strings.TrimSuffix(string(s.places[0]), "\x00")))
	case fnTextStatic:
		integers = of(int64(copy(s.places[0], c.TextStatic())))
	case fnTextNew:
		integers = of(int64(copy(s.places[0], c.TextNew(i[0]))))
	case fnTextInto:
		integers = of(int64(copy(s.places[0], c.TextInto(i[0]))))
	case fnTextLive:
		integers = of(c.TextLive())
	case fnStatus:
		integers = status(c.Status(int32(i[0])))
	case fnErrno:
		x, err := c.Errno(int32(i[0]))
		var errno syscall.Errno
		_ = errors.As(err, &errno)
		integers = of(x, int64(errno))
	case fnHandle:
		integers = of(i[0])
	case fnSpin:
		c.Spin(i[0])
	case fnSleep:
		c.Sleep(i[0])
	default:
		panic(fmt.Sprintf("function %d, want 0 to %d", m.Function, len(functions)-1))
	}
	return integers, doubles
}
