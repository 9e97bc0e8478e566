// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package harness

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"

	"toll/goside/measure"
	"toll/goside/seam"
	"toll/goside/study/studytest"
	"toll/goside/try/argument"
	"toll/goside/try/prototype"
)

// childVariable has the test's program do the job that its argument names.
const childVariable = "TOLL_HARNESS_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		Main(crossings)
	}
	folder, err := os.MkdirTemp("", "toll-harness")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	odd = filepath.Join(folder, "libodd.so")
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// odd is the library of testdata.
var odd string

var buildOdd = sync.OnceValue(func() error { return build(odd) })

// build compiles testdata. Without a C compiler the error is seam.ErrUnavailable.
func build(file string, flags ...string) error {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return fmt.Errorf("%w: %w", seam.ErrUnavailable, err)
	}
	args := append([]string{"-shared", "-fPIC", "-O1", "-pthread", "-o", file, "testdata/odd.c"}, flags...)
	if out, err := exec.Command(cc, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("building testdata/odd.c: %w\n%s", err, out)
	}
	return nil
}

// The prototypes of what is called.
var (
	double  = &prototype.Type{Kind: prototype.Float, Name: "double", Size: 8, Align: 8}
	int64s  = &prototype.Type{Kind: prototype.Signed, Name: "int64_t", Size: 8, Align: 8}
	bytes1  = &prototype.Type{Kind: prototype.Uint, Name: "uint8_t", Size: 1, Align: 1}
	chars   = &prototype.Type{Kind: prototype.Signed, Name: "char", Size: 1, Align: 1}
	nothing = &prototype.Type{Kind: prototype.Void, Name: "void"}
)

func pointer(to *prototype.Type, constant bool) *prototype.Type {
	return &prototype.Type{Kind: prototype.Pointer, Size: 8, Align: 8, Elem: to, Const: constant}
}

func function(name string, result *prototype.Type, params ...*prototype.Type) *prototype.Function {
	f := &prototype.Function{Name: name, Result: result, Lang: "c"}
	for k, t := range params {
		f.Params = append(f.Params, prototype.Parameter{Name: string(rune('a' + k)), Type: t})
	}
	return f
}

// functions are those of the test's crossing.
var functions = map[string]*prototype.Function{}

func init() {
	whole := func(name string) *prototype.Function { return function(name, int64s, int64s) }
	for _, f := range []*prototype.Function{
		function("toll_calls_noop", nothing),
		function("toll_calls_add", double, double, double),
		function("toll_calls_sum", double, pointer(double, true), int64s),
		function("toll_calls_fill", nothing, pointer(double, false), int64s, double),
		function("toll_calls_text_static", pointer(chars, true)),
		function("toll_calls_text_length", int64s, pointer(chars, true)),
		function("overrun", int64s, pointer(bytes1, false), int64s, int64s),
		function("writes_const", int64s, pointer(bytes1, true), int64s),
		function("grow", double, pointer(double, false), int64s),
		function("greeting", pointer(chars, false), int64s),
		function("release_greeting", nothing, pointer(chars, false)),
		function("wild", pointer(chars, false), int64s),
		function("tail", pointer(chars, true), pointer(chars, true), int64s),
		function("counts", int64s),
		function("panics", int64s, int64s),
		whole("forks"), whole("forks_and_stays"), whole("flushes"), whole("handles"), whole("changes_much"),
		whole("exits"), whole("aborts"), whole("hangs"), whole("crashes"), whole("overflows"), whole("prints"),
	} {
		functions[f.Name] = f
	}
	crossings = []Crossing{{Name: "purego", Open: map[string]func(uintptr) (Calls, error){}},
		{Name: "other", Open: map[string]func(uintptr) (Calls, error){}},
		{Name: "direct", Lang: "go", Open: map[string]func(uintptr) (Calls, error){
			"toll_calls_add": func(uintptr) (Calls, error) {
				return func(f *Frame, n int) {
					for range n {
						*(*float64)(f.Result()) = *(*float64)(f.Argument(0)) + *(*float64)(f.Argument(1))
					}
				}, nil
			},
			"panics": func(uintptr) (Calls, error) { return func(*Frame, int) { panic("as it is to") }, nil },
		}}}
	for name, f := range functions {
		open := func(address uintptr) (Calls, error) { return callsOf(f, address), nil }
		crossings[0].Open[name], crossings[1].Open[name] = open, open
	}
}

// crossings are the test's: "other" is "purego" once more.
var crossings []Crossing

// callsOf makes calls by SyscallN, which passes floating-point numbers in registers of their own.
func callsOf(f *prototype.Function, address uintptr) Calls {
	if f.Name == "toll_calls_add" {
		var add func(x, y float64) float64
		purego.RegisterFunc(&add, address)
		return func(f *Frame, n int) {
			for range n {
				*(*float64)(f.Result()) = add(*(*float64)(f.Argument(0)), *(*float64)(f.Argument(1)))
			}
		}
	}
	if f.Name == "toll_calls_fill" {
		var fill func(p unsafe.Pointer, n int64, x float64)
		purego.RegisterFunc(&fill, address)
		return func(f *Frame, n int) {
			for range n {
				fill(*(*unsafe.Pointer)(f.Argument(0)), *(*int64)(f.Argument(1)), *(*float64)(f.Argument(2)))
			}
		}
	}
	if f.Result == double {
		var reduce func(p unsafe.Pointer, n int64) float64
		purego.RegisterFunc(&reduce, address)
		return func(f *Frame, n int) {
			for range n {
				*(*float64)(f.Result()) = reduce(*(*unsafe.Pointer)(f.Argument(0)), *(*int64)(f.Argument(1)))
			}
		}
	}
	count := len(f.Params)
	return func(f *Frame, n int) {
		arguments := make([]uintptr, count)
		for k := range arguments {
			arguments[k] = *(*uintptr)(f.Argument(k))
		}
		for range n {
			*(*uintptr)(f.Result()), _, _ = purego.SyscallN(address, arguments...)
		}
	}
}

// job returns one for a function with these arguments.
func job(t *testing.T, do, name string, args ...string) *Job {
	t.Helper()
	library := odd
	if strings.HasPrefix(name, "toll_calls") {
		var err error
		library, err = seam.FindLibrary("libtoll_calls.so")
		studytest.Available(t, err)
	} else {
		studytest.Available(t, buildOdd())
	}
	j := &Job{Do: do, Library: library, Crossings: []string{"purego"}, Sets: []int{0}, Rounds: 2, Batch: int64(200 * time.Microsecond)}
	o := argument.Options{}
	for _, arg := range args {
		if what, ok := strings.CutPrefix(arg, "out "); ok {
			o.Out = append(o.Out, what)
		} else if what, ok := strings.CutPrefix(arg, "sweep "); ok {
			o.Sweep = append(o.Sweep, what)
		} else {
			o.Args = append(o.Args, arg)
		}
	}
	var err error
	if j.Plan, err = argument.New(functions[name], o); err != nil {
		t.Fatal(err)
	}
	return j
}

// report is what a child reported, and how it ended.
type report struct {
	events []Event
	err    error
	stdout string
	stderr string
}

// child runs a job.
func child(t *testing.T, j *Job) *report {
	t.Helper()
	return childUntil(t, j, func(*Event) bool { return false })
}

// childUntil runs a job, and has the child stop measuring once an event is of that kind.
func childUntil(t *testing.T, j *Job, stop func(*Event) bool) *report {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "job.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	in, out := os.NewFile(uintptr(pair[0]), "in"), os.NewFile(uintptr(pair[1]), "out")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], file)
	cmd.Env = append(os.Environ(), childVariable+"=1", "ODD_TO_GO=1", "GOTRACEBACK=single",
		"GORACE=atexit_sleep_ms=0") // else the race detector has each child end a second later
	cmd.ExtraFiles = []*os.File{out}
	var r report
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	done := make(chan error)
	go func() {
		d := json.NewDecoder(in)
		for {
			var e Event
			if err := d.Decode(&e); err != nil {
				done <- err
				return
			}
			r.events = append(r.events, e)
			if stop(&e) {
				if err := unix.Shutdown(pair[0], unix.SHUT_WR); err != nil {
					done <- err
					return
				}
			}
		}
	}()
	r.err = cmd.Wait()
	select {
	case err = <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("5 s after its end something still holds the child's descriptor 3")
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	_ = in.Close()
	r.stdout, r.stderr = stdout.String(), stderr.String()
	return &r
}

// held fails unless the child did its job.
func (r *report) held(t *testing.T) *report {
	t.Helper()
	if r.err != nil || len(r.events) == 0 || !r.events[len(r.events)-1].Done {
		t.Fatalf("the child ended with %v, want 0 after Done\n%s%s", r.err, r.said(), r.stderr)
	}
	return r
}

func (r *report) said() string {
	text, _ := json.MarshalIndent(r.events, "", " ")
	return string(text)
}

func (r *report) called() (all []*Called) {
	for _, e := range r.events {
		if e.Called != nil {
			all = append(all, e.Called)
		}
	}
	return all
}

// last returns the last event.
func (r *report) last() Event {
	if len(r.events) == 0 {
		return Event{}
	}
	return r.events[len(r.events)-1]
}

func (r *report) calling() (last *Calling) {
	for _, e := range r.events {
		if e.Calling != nil {
			last = e.Calling
		}
	}
	return last
}

func float(b []byte) float64 { return math.Float64frombits(binary.NativeEndian.Uint64(b)) }

func TestVerify(t *testing.T) {
	j := job(t, Verify, "toll_calls_add", "a=1.5", "b=2")
	j.Seeds = []uint64{0, 7}
	r := child(t, j).held(t)
	called := r.called()
	if len(called) != 2 || len(called[0].Result) != 8 || float(called[0].Result) != 3.5 || called[1].Seed != 7 || len(called[0].Noticed) != 0 {
		t.Errorf("got %s, want two calls with the result 3.5 and nothing noticed", r.said())
	}
	j.Crossings = []string{"direct"}
	if called := child(t, j).held(t).called(); float(called[0].Result) != 3.5 {
		t.Errorf("by Go: %v, want 3.5", float(called[0].Result))
	}

	j = job(t, Verify, "toll_calls_noop")
	if c := child(t, j).held(t).called()[0]; len(c.Result) != 0 || len(c.Memory) != 0 {
		t.Errorf("a function without arguments and result gives %+v", c)
	}
}

func TestVerifyMemory(t *testing.T) {
	j := job(t, Verify, "toll_calls_fill", "a=zeros:5", "b=4", "c=2.5", "out a")
	for _, low := range []bool{false, true} {
		j.Low = low
		r := child(t, j).held(t)
		c, where := r.called()[0], r.calling().Memory
		m := c.Memory["a"]
		if len(m) != 40 || float(m[24:]) != 2.5 || float(m[32:]) != 0 || len(c.Spilled) != 0 || len(c.Under) != 0 {
			t.Errorf("got %s, want four numbers of five filled, and nothing spilled", r.said())
		}
		if len(where) != 1 || where[0].Name != "a" || where[0].Size != 40 || where[0].Low != low || where[0].ReadOnly ||
			low && where[0].Before != 0 || !low && where[0].Behind != 0 || where[0].Address%8 != 0 {
			t.Errorf("low %t: placed %+v", low, where)
		}
	}
}

// TestVerifyText: of a text that the function keeps, one of the argument's, and one to be freed.
func TestVerifyText(t *testing.T) {
	c := child(t, job(t, Verify, "toll_calls_text_static")).held(t).called()[0]
	if c.Text == nil || *c.Text == "" || c.Into != "" {
		t.Errorf("a static text: %+v", c)
	}
	c = child(t, job(t, Verify, "tail", `a="hello"`, "b=2")).held(t).called()[0]
	if c.Text == nil || *c.Text != "llo" || c.Into != "a" || c.Offset != 2 {
		t.Errorf("a tail of the argument: %+v", c)
	}
	r := child(t, job(t, Verify, "greeting", "a=5", "out result:free=release_greeting")).held(t)
	c = r.called()[0]
	if c.Text == nil || *c.Text != "xxxxx" || !strings.Contains(r.said(), "freeing the result by release_greeting") {
		t.Errorf("a text to be freed: %s", r.said())
	}
	r = child(t, job(t, Verify, "wild", "a=4660"))
	if last := r.last(); last.Error == "" || !strings.Contains(last.Error, "reading the result") {
		t.Errorf("a pointer to nothing: %v, want an error that says so\n%s", r.err, r.said())
	}
}

// TestOverrun: an overrun is a crash at the page without access, and is sized with slack.
func TestOverrun(t *testing.T) {
	j := job(t, Verify, "overrun", "a=zeros:100", "b=100", "c=3", "out a")
	r := child(t, j)
	c := r.last().Calling
	if c == nil || !strings.Contains(r.stderr, fmt.Sprintf("addr=%#x", c.Memory[0].Address+100)) {
		t.Errorf("an overrun by 3: %v, want a crash behind %+v\n%s", r.err, c, r.stderr)
	}
	j.Slack = map[string]int64{"a": 5000}
	if c := child(t, j).held(t).called()[0]; c.Spilled["a"] != 3 || c.Under["a"] != 0 {
		t.Errorf("with slack: %+v, want 3 bytes spilled", c)
	}

	j = job(t, Verify, "overrun", "a=zeros:100", "b=100", "c=-2", "out a")
	if c := child(t, j).held(t).called()[0]; c.Spilled["a"] != 0 || c.Under["a"] != 2 {
		t.Errorf("an underrun by 2: %+v, want 2 bytes under", c)
	}
	j.Low = true
	r = child(t, j)
	if c := r.last().Calling; c == nil || !strings.Contains(r.stderr, fmt.Sprintf("addr=%#x", c.Memory[0].Address-1)) {
		t.Errorf("an underrun, low: %v, want a crash before %+v\n%s", r.err, c, r.stderr)
	}
	j.Slack = map[string]int64{"a": 1}
	j.Plan = job(t, Verify, "overrun", "a=zeros:100", "b=100", "c=-1", "out a").Plan
	if c := child(t, j).held(t).called()[0]; c.Under["a"] != 1 {
		t.Errorf("low with slack: %+v, want 1 byte under", c)
	}
}

func TestWritesConst(t *testing.T) {
	r := child(t, job(t, Verify, "writes_const", "a=zeros:8", "b=8"))
	c := r.last().Calling
	if c == nil || !c.Memory[0].ReadOnly || !strings.Contains(r.stderr, fmt.Sprintf("addr=%#x", c.Memory[0].Address)) {
		t.Errorf("%v, want a crash at %+v\n%s", r.err, c, r.stderr)
	}
}

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		name, argument string
		code           int
		stderr         string
	}{
		{"exits", "3", 3, ""}, {"exits", "0", 0, ""}, {"aborts", "0", 2, "SIGABRT"}, {"crashes", "16", 2, "addr=0x10"},
		{"overflows", "0", 2, "SIGSEGV"},
	} {
		r := child(t, job(t, Verify, c.name, "a="+c.argument))
		code := 0
		if e, ok := errors.AsType[*exec.ExitError](r.err); ok {
			code = e.ExitCode()
		}
		if code != c.code || !strings.Contains(r.stderr, c.stderr) || r.last().Calling == nil {
			t.Errorf("%s: code %d, want %d after Calling, and %q\n%s%s", c.name, code, c.code, c.stderr, r.stderr, r.said())
		}
	}
	j := job(t, Verify, "panics", "a=0")
	j.Library, j.Crossings = odd, []string{"direct"}
	j.Plan.Function.Name = "panics"
	r := child(t, j)
	if e := r.last().Error; !strings.Contains(e, "as it is to") && !strings.Contains(e, "has no panics") {
		t.Errorf("a panic: %q", e)
	}
}

func TestRefuses(t *testing.T) {
	j := job(t, Verify, "counts")
	j.Library = filepath.Join(t.TempDir(), "none.so")
	if e := child(t, j).last().Error; !strings.Contains(e, "none.so does not load") {
		t.Errorf("no library: %q", e)
	}
	j = job(t, Verify, "counts")
	j.Crossings = []string{"unheard-of"}
	if e := child(t, j).last().Error; !strings.Contains(e, "no crossing unheard-of") {
		t.Errorf("no crossing: %q", e)
	}
	j = job(t, "nothing", "counts")
	if e := child(t, j).last().Error; !strings.Contains(e, `to do "nothing"`) {
		t.Errorf("no such thing to do: %q", e)
	}
	cmd := exec.Command(os.Args[0], "job.json")
	cmd.Env = append(os.Environ(), childVariable+"=1")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "descriptor 3") {
		t.Errorf("without a descriptor 3: %v, %s, want code 2 and a word about it", err, out)
	}
}

func TestNoticed(t *testing.T) {
	for name, want := range map[string][]string{
		"forks":           {"it makes 1 copy of the process (fork), which it does not wait for"},
		"forks_and_stays": {"it makes 1 copy of the process (fork), which it does not wait for"},
		"flushes":         {"it leaves the floating-point unit so that it flushes subnormal results to zero, takes subnormal operands for zero"},
		"handles": {"it leaves the signal SIGUSR2 with a handler of its own", "it leaves the signal SIGPIPE ignored",
			"it leaves other signals blocked on its thread"},
		"changes_much": {"it leaves 1 thread running", "it leaves the process in the folder /", "of /dev/null",
			"it leaves the umask 0077, which was ", "it sets the environment variable ODD_VARIABLE",
			"it unsets the environment variable ODD_TO_GO"},
		"prints": nil,
	} {
		j := job(t, Verify, name, "a=1")
		j.Seeds = []uint64{0, 1}
		r := child(t, j).held(t)
		got := r.called()[0].Noticed
		for _, one := range want {
			if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, one) }) {
				t.Errorf("%s: noticed %q, want %q", name, got, one)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: noticed %q, want %d things", name, got, len(want))
		}
		if name == "prints" && r.stdout != strings.Repeat("printed\n", 2) {
			t.Errorf("it printed %q, want two lines", r.stdout)
		}
	}
}

// TestLoading: a library of -ffast-math changes the thread that loads it.
func TestLoading(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		return // the compiler links such a start for x86 only
	}
	j := job(t, Verify, "counts")
	j.Library = filepath.Join(t.TempDir(), "libfast.so")
	if err := build(j.Library, "-ffast-math"); err != nil {
		t.Fatal(err)
	}
	for _, e := range child(t, j).held(t).events {
		if e.Loaded != nil {
			if len(e.Loaded.Noticed) != 1 || !strings.Contains(e.Loaded.Noticed[0], "it flushes subnormal results to zero") {
				t.Errorf("loading: noticed %q, want that it flushes to zero", e.Loaded.Noticed)
			}
			return
		}
	}
	t.Error("it does not say that the library is loaded")
}

func TestMeasure(t *testing.T) {
	j := job(t, Measure, "grow", "sweep b=1:100", "a=ones:b")
	j.Sets = nil
	for set := range j.Plan.Sizes {
		j.Sets = append(j.Sets, set)
	}
	j.Crossings = []string{"purego", "other", process}
	j.Reference = &Reference{odd, "grow"}
	r := child(t, j).held(t)
	var got, notes []string
	for _, e := range r.events {
		for _, one := range e.Timed {
			got = append(got, one.Name)
			if len(one.Samples) != 2 || one.Samples[0].Wall <= 0 || one.N < 1 {
				t.Errorf("%+v, want two samples", one)
			}
		}
		notes = append(notes, e.Notes...)
	}
	var want []string
	for set := range j.Plan.Sizes {
		n := j.Plan.N(set)
		want = append(want, "Try/op=grow/lang=c/via=purego/n="+n, "Try/op=grow/lang=c/via=purego/n="+n+"/entry=again",
			"Try/op=grow/lang=reference/via=purego/n="+n, "TryBorder/op=grow/lang=c/via=purego/n="+n,
			"Try/op=grow/lang=c/via=other/n="+n, "TryBorder/op=grow/lang=c/via=other/n="+n,
			"Try/op=grow/lang=c/via=process/n="+n, "TryBorder/op=grow/lang=c/via=process/n="+n)
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if len(notes) != len(j.Sets) || !strings.Contains(notes[0], "became infinite") {
		t.Errorf("notes %q, want one of each set", notes)
	}
}

// TestMeasureStopped: the rounds that are complete are told.
func TestMeasureStopped(t *testing.T) {
	const rounds = 100_000
	for _, do := range []string{Measure, Crowd} {
		j := job(t, do, "toll_calls_noop")
		j.Rounds, j.Goroutine = rounds, []int{1, 2}
		r := childUntil(t, j, func(e *Event) bool { return e.Step != nil && e.Step.All > 0 && e.Step.Done > 2*e.Step.All/rounds })
		if e := r.last().Error; e != measure.ErrStopped.Error() {
			t.Errorf("%s: error %q, want %q", do, e, measure.ErrStopped)
		}
		told := 0
		for _, e := range r.events {
			for _, one := range e.Timed {
				if told++; len(one.Samples) < 2 || len(one.Samples) == rounds {
					t.Errorf("%s: %d samples, want at least 2 and less than %d", one.Name, len(one.Samples), rounds)
				}
			}
		}
		if told == 0 {
			t.Errorf("%s: nothing that was measured was told", do)
		}
	}
}

// TestCrowdMemory: arguments for so many goroutines are refused before any is allocated.
func TestCrowdMemory(t *testing.T) {
	j := job(t, Crowd, "grow", "a=ones:b", "b=100000")
	j.Goroutine = []int{1, 6000}
	if e, want := child(t, j).last().Error, "harness: 6000 goroutines with 800"; !strings.HasPrefix(e, want) {
		t.Errorf("%q, want an error that begins with %q", e, want)
	}
}

func TestMeasureRefusesForks(t *testing.T) {
	for _, crossing := range []string{"purego", process} {
		j := job(t, Measure, "forks", "a=1")
		j.Crossings = []string{crossing}
		if e := child(t, j).last().Error; !strings.HasPrefix(e, "harness: forks is not timed: it makes 1 copy") {
			t.Errorf("%s: %q, want an error about fork", crossing, e)
		}
	}
}

// TestMeasureFrees: each call's result is freed.
func TestMeasureFrees(t *testing.T) {
	for _, free := range []string{"release_greeting", "free"} {
		j := job(t, Measure, "greeting", "a=100000", "out result:free="+free)
		r := child(t, j).held(t)
		if len(r.events) == 0 {
			t.Error("nothing")
		}
	}
}

// TestProcess: what comes back through a worker is what came back from the library.
func TestProcess(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
	}{
		{"toll_calls_noop", nil},
		{"toll_calls_add", []string{"a=1.5", "b=2"}},
		{"toll_calls_fill", []string{"a=zeros:5", "b=4", "c=2.5", "out a"}},
		{"toll_calls_fill", []string{"a=random:5", "b=4", "c=2.5", "out a:out"}},
		{"toll_calls_fill", []string{"a=random:100000", "b=4", "c=2.5", "out a:inout"}},
		{"toll_calls_fill", []string{"a=nil", "b=0", "c=2.5"}},
		{"toll_calls_sum", []string{"a=random:100000", "b=100000"}},
		{"toll_calls_text_static", nil},
		{"toll_calls_text_length", []string{`a="hello"`}},
		{"tail", []string{`a="hello"`, "b=2"}},
		{"greeting", []string{"a=100000", "out result:free=release_greeting"}},
		{"counts", nil},
	} {
		j := job(t, Verify, c.name, c.args...)
		j.Seeds = []uint64{0, 1, 2}
		want := child(t, j).held(t).called()
		j.Crossings = []string{process}
		for k, got := range child(t, j).held(t).called() {
			w := want[k]
			w.Crossing = process
			if functions[c.name].Result.Kind == prototype.Pointer { // at another address
				w.Result, got.Result = nil, nil
			}
			for name, want := range w.Memory {
				if !bytes.Equal(got.Memory[name], want) {
					t.Errorf("%s %q, seed %d: the memory of %s differs", c.name, c.args, w.Seed, name)
				}
			}
			w.Memory, got.Memory = nil, nil
			if !reflect.DeepEqual(got, w) {
				t.Errorf("%s %q, seed %d: %+v, want %+v", c.name, c.args, w.Seed, got, w)
			}
		}
	}
}

// TestProcessEnds: the harness survives its worker, and says how it ended.
func TestProcessEnds(t *testing.T) {
	for name, want := range map[string]string{
		"crashes": "addr=0x10", "aborts": "SIGABRT", "exits": "exit status 16", "wild": "does not share",
	} {
		j := job(t, Verify, name, "a=16")
		j.Crossings = []string{process}
		if name == "wild" {
			j.Plan.Function.Result = pointer(bytes1, false)
		}
		r := child(t, j)
		if e := r.last().Error; !strings.Contains(e, want) {
			t.Errorf("%s: %v, %q, want %q", name, r.err, e, want)
		}
		functions["wild"].Result = pointer(chars, false)
	}
}

func TestCrowd(t *testing.T) {
	for crossing, name := range map[string]string{"purego": "grow", process: "grow", "direct": "toll_calls_add"} {
		args := []string{"a=ones:b", "b=10"}
		if name == "toll_calls_add" {
			args = nil
		}
		j := job(t, Crowd, name, args...)
		j.Crossings, j.Goroutine, j.Batch = []string{crossing}, []int{1, 3}, int64(5*time.Millisecond)
		r := child(t, j).held(t)
		var names []string
		for _, e := range r.events {
			for _, one := range e.Timed {
				names = append(names, one.Name)
				for _, s := range one.Samples {
					if s.Wall <= 0 || s.Get("p50-ns") <= 0 || s.Get("p99-ns") < s.Get("p50-ns") || s.Get("max-ns") < s.Get("p999-ns") ||
						s.Get("clock-ns") <= 0 || s.Get("goroutines-run") < 1 {
						t.Errorf("%s: %+v", one.Name, s)
					}
				}
				if len(one.Samples) != 2 {
					t.Errorf("%s: %d samples, want 2", one.Name, len(one.Samples))
				}
			}
		}
		lang := "c"
		if crossing == "direct" {
			lang = "go"
		}
		prefix := "TryCrowd/op=" + name + "/lang=" + lang + "/via=" + crossing + "/goroutines="
		if want := []string{prefix + "1", prefix + "3"}; !slices.Equal(names, want) {
			t.Errorf("rows %q, want %q", names, want)
		}
	}
}
