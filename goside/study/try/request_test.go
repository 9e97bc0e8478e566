// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package try

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"toll/goside/seam"
	"toll/goside/try/argument"
	"toll/goside/try/program"
	"toll/goside/try/prototype"
	"toll/goside/via/harness"
)

// parsed returns the problem of a prototype.
func parsed(t *testing.T, sig string, args ...string) *problem {
	t.Helper()
	f, err := prototype.Parse(sig)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := argument.New(f, argument.Options{Args: args})
	if err != nil {
		t.Fatal(err)
	}
	return &problem{function: f, plan: plan}
}

func TestWriteExample(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "example")
	var b bytes.Buffer
	if err := WriteExample(&b, folder); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"norm.c", "norm.h", "norm/norm.go", "norm/go.mod", "README.md"} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || len(text) == 0 {
			t.Errorf("%s: %d bytes, error %v", name, len(text), err)
		}
	}
	err := WriteExample(&b, folder)
	if _, usage := errors.AsType[seam.UsageError](err); !usage || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("error %v, want one of usage that names a file", err)
	}
}

// TestWrongRequests: what is wrong with a request is found before anything is built, and is a mistake in its use.
func TestWrongRequests(t *testing.T) {
	for want, q := range map[string]*Request{
		"no-such-library":             {Library: "./no-such-library.so", Symbols: []string{"f"}},
		"request_test.go":             {Library: "request_test.go", Symbols: []string{"f"}},
		"no function":                 {Library: "libm.so.6"},
		"cosine":                      {Library: "libm.so.6", Symbols: []string{"cosine"}},
		"named twice":                 {Library: "libm.so.6", Symbols: []string{"cos", "cos"}, Sigs: []string{"double cos(double x)"}},
		"two prototypes":              {Library: "libm.so.6", Sigs: []string{"double cos(double x)", "double cos(double y)"}},
		"is of sin":                   {Library: "libm.so.6", Symbols: []string{"cos"}, Sigs: []string{"double sin(double x)"}},
		"want a library and a symbol": {Library: "libm.so.6", Sigs: []string{"double cos(double x)"}, Reference: "libm.so.6"},
		"unknown name nothing":        {Library: "libm.so.6", Sigs: []string{"double cos(double x)"}, Checks: []string{"nothing > 1"}},
		"expected bool":               {Library: "libm.so.6", Sigs: []string{"double cos(double x)"}, Checks: []string{"result + 1"}},
	} {
		err := q.Prepare()
		if _, usage := errors.AsType[seam.UsageError](err); !usage || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one of usage that says %q", err, want)
		}
	}
}

// TestMeant: an argument is of the function that it names, or of each that has a parameter of the name.
func TestMeant(t *testing.T) {
	q := &Request{Args: []string{"cos.x=2", "y=3"}, problems: []*problem{parsed(t, "double cos(double x)"), parsed(t, "double hypot(double x, double y)")}}
	if err := q.planArguments(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range q.problems {
		for _, a := range p.plan.Arguments {
			if a.Why == "" {
				got = append(got, p.function.Name+" "+a.Name+" "+a.Spec)
			}
		}
	}
	if want := []string{"cos x 2", "hypot y 3"}; !slices.Equal(got, want) {
		t.Errorf("given are %q, want %q", got, want)
	}
	q.Args = []string{"z=1"}
	if err := q.planArguments(); err == nil || !strings.Contains(err.Error(), "z") {
		t.Errorf("error %v, want one that names z", err)
	}
}

// TestSettle: --via chooses crossings, but for the Go function; a crossing that is left out has its reason.
func TestSettle(t *testing.T) {
	all := []program.Crossing{{Name: "cgo", Left: "there is no C compiler"}, {Name: "purego"}, {Name: "syscalln", Missing: map[string]string{"cos": "it passes no float64"}}, {Name: "direct"}}
	settled := func(via ...string) (said []string, err error) {
		q := &Request{Via: via, program: &program.Program{Crossings: all}, problems: []*problem{parsed(t, "double cos(double x)")}}
		if err := q.settle(); err != nil {
			return nil, err
		}
		for _, r := range q.problems[0].rows {
			said = append(said, strings.TrimSpace(r.lang+"/"+r.crossing+" "+r.left))
		}
		return said, nil
	}
	got, err := settled()
	if want := []string{"native/cgo there is no C compiler", "native/purego", "native/syscalln it passes no float64", "native/process", "go/direct"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, error %v, want %q", got, err, want)
	}
	got, err = settled("p*")
	if want := []string{"native/purego", "native/process", "go/direct"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, error %v, want %q", got, err, want)
	}
	if _, err := settled("wasm"); err == nil || !strings.Contains(err.Error(), "want one of cgo, purego, syscalln, process, direct") {
		t.Errorf("error %v, want one that names the crossings", err)
	}
}

func TestCheck(t *testing.T) {
	p := parsed(t, "double norm(const double *p, int64_t n)", "p=list:3,4", "n=2")
	values, err := p.plan.Values(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	five := []byte{0, 0, 0, 0, 0, 0, 0x14, 0x40}
	after := &harness.Called{Result: five, Memory: map[string][]byte{"p": values[0].Bytes}}
	for source, want := range map[string]string{
		"result == 5 && len(p) == n && p_after[1] == 4": "",
		"result > n + 3":  `the check "result > n + 3" is false, with n = 2, result = 5`,
		"p[1] < result-1": `the check "p[1] < result-1" is false, with p = [3 4], result = 5`,
		"p[7] > 0":        `the check "p[7] > 0" cannot be told: index out of range: 7 (array length is 2)`,
	} {
		c, err := newCheck(source, p.plan)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got := firstLine(c.broken(p.function, values, after)); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

// TestSame: what two calls leave is compared to the bit, and the first difference is told with its distance.
func TestSame(t *testing.T) {
	p := parsed(t, "float f(float *p, int32_t *q)")
	call := func(result, memory string) *harness.Called {
		return &harness.Called{Result: []byte(result), Memory: map[string][]byte{"p": []byte(memory)}}
	}
	const one, next, minus, nan = "\x00\x00\x80\x3f", "\x01\x00\x80\x3f", "\x00\x00\x00\x80", "\x00\x00\xc0\x7f"
	for _, c := range []struct {
		a, b *harness.Called
		want string
	}{
		{call(one, one), call(one, one), ""},
		{call(nan, one), call(nan, one), ""},
		{call(one, ""), call(next, ""), "result: 1 and 1.0000001, 1 ULP apart"},
		{call("\x00\x00\x00\x00", ""), call(minus, ""), "result: 0 and -0, 1 ULP apart"},
		{call(nan, ""), call(one, ""), "result: NaN and 1"},
		{call(one, one+one+one), call(one, one+one+next), "p: element 2: 1 and 1.0000001, 1 ULP apart"},
		{call(one, one), call(one, one+one), "p: 4 and 8 bytes"},
	} {
		if got := same(p.function, c.a, c.b); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	text := parsed(t, "const char *f(void)")
	small, big := "small", "big"
	if got, want := same(text.function, &harness.Called{Result: []byte{1}, Text: &small}, &harness.Called{Result: []byte{2}, Text: &big}), `result: "small" and "big"`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
