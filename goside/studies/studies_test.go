// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package studies

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"toll/goside/kernel"
	"toll/goside/page"
	"toll/goside/record"
	"toll/goside/study"
)

// records returns the records under docs, by their files.
func records(t *testing.T) map[string]*record.Record {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.txt.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("found the records %q, error %v", files, err)
	}
	all := map[string]*record.Record{}
	for _, file := range files {
		r, err := record.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[file] = r
	}
	return all
}

// TestNames: a name means one thing. A part may belong to two studies, and then it is the same.
func TestNames(t *testing.T) {
	var names, pages, children []string
	parts := map[string]study.Part{}
	for _, s := range All {
		names, pages = append(names, s.Name), append(pages, s.Page)
		if s.Short == "" || s.About == "" || s.Head == "" || len(s.Parts) == 0 {
			t.Errorf("toll %s lacks what its command or its page says, or a part", s.Name)
		}
		pictures := slices.Clone(s.Pictures)
		var inStudy []string // of parts, which --part takes as well as those of experiments
		for _, p := range s.Parts {
			inStudy = append(inStudy, p.Name)
			other, twice := parts[p.Name]
			if twice && (len(other.Experiments) != len(p.Experiments) || !slices.Equal(other.Benchmarks, p.Benchmarks)) {
				t.Errorf("two parts are named %s", p.Name)
			}
			parts[p.Name] = p
			var experiments []string
			for _, e := range p.Experiments {
				experiments = append(experiments, e.Name)
				if e.Run == nil || e.Quick <= 0 || e.Full < e.Quick {
					t.Errorf("%s of toll %s does nothing, or takes %v, and %v with --full", e.Name, s.Name, e.Quick, e.Full)
				}
			}
			if len(experiments) == 1 && experiments[0] == p.Name {
				experiments = nil // the part is its one experiment
			}
			inStudy = append(inStudy, experiments...)
			pictures = append(pictures, p.Pictures...)
			for _, c := range p.Children {
				if !twice {
					children = append(children, c.Name)
				}
			}
		}
		for _, picture := range pictures {
			if picture.Alt == "" || picture.Draw == nil {
				t.Errorf("the picture %s of toll %s says nothing, or is not drawn", picture.Name, s.Name)
			}
		}
		for _, name := range repeated(inStudy) {
			if p, ok := parts[name]; ok && slices.ContainsFunc(p.Experiments, func(e study.Experiment) bool { return e.Name == name }) {
				continue // the first experiment of a part, which bears its name
			}
			t.Errorf("toll %s has two parts or experiments named %s", s.Name, name)
		}
	}
	for what, all := range map[string][]string{"studies": names, "pages": pages, "children": children} {
		if again := repeated(all); again != nil {
			t.Errorf("of the %s %q, two are named %q", what, all, again)
		}
	}
}

// repeated returns those that are there more than once.
func repeated(all []string) []string {
	var again []string
	for k, name := range all {
		if slices.Contains(all[:k], name) && !slices.Contains(again, name) {
			again = append(again, name)
		}
	}
	return again
}

// TestOneList: each study below goside/study is in the one list, and each part in a study; there is no other list.
func TestOneList(t *testing.T) {
	listed := map[string]bool{}
	for _, s := range All {
		listed["study "+s.Name] = true
		for _, p := range s.Parts {
			listed["part "+p.Name] = true
		}
	}
	declared := map[string]bool{}
	declares := regexp.MustCompile(`(?m)^var (Study|Part) = study\.(?:Study|Part)\{\s+Name:\s+"([\w-]+)"`)
	lists := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, found := range declares.FindAllSubmatch(text, -1) {
			declared[strings.ToLower(string(found[1]))+" "+string(found[2])] = true
		}
		lists += bytes.Count(text, []byte("[]*study.Study{"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for what := range declared {
		if !listed[what] {
			t.Errorf("%s is declared but not listed: add it to the list of its study, or of studies", what)
		}
	}
	for what := range listed {
		if !declared[what] {
			t.Errorf("%s is listed, but not declared as var Study = study.Study{Name: …, or var Part", what)
		}
	}
	if lists != 1 {
		t.Errorf("there are %d lists of studies, want one", lists)
	}
}

// TestRecordNames: in the records under docs, kernel= holds kernels and n= numbers, and what else varies has keys of its own;
// each benchmark is one that a part of the record's study declares.
func TestRecordNames(t *testing.T) {
	var kernels []string
	for _, c := range kernel.Cases() {
		if c.Kernel != "call" && !slices.Contains(kernels, c.Kernel) {
			kernels = append(kernels, c.Kernel)
		}
	}
	for file, r := range records(t) {
		s, err := Of(r)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var benchmarks []string
		for _, p := range s.Parts {
			benchmarks = append(benchmarks, p.Benchmarks...)
		}
		wrong := map[string]bool{}
		for k := range r.Rows {
			row := &r.Rows[k]
			if row.Kernel != "" && !slices.Contains(kernels, row.Kernel) {
				wrong["kernel="+row.Kernel+" of "+row.Study+", want one of "+strings.Join(kernels, ", ")+": what is no kernel is op="] = true
			}
			if _, err := strconv.ParseFloat(row.N, 64); row.N != "" && err != nil {
				wrong["n="+row.N+" of "+row.Study+", want a number: what else varies has a key of its own"] = true
			}
			if strings.HasSuffix(row.Lang, "-again") || strings.HasSuffix(row.Lang, "-reference") || !slices.Contains([]string{"", record.EntryAgain, record.EntryReference}, row.Entry) {
				wrong["lang="+row.Lang+" entry="+row.Entry+" of "+row.Study+", want a language, and entry=again or entry=reference"] = true
			}
			if !slices.Contains(benchmarks, row.Study) && row.Study != record.LimitsName {
				wrong["a benchmark "+row.Study+", want one that a part declares: "+strings.Join(benchmarks, ", ")] = true
			}
		}
		for what := range wrong {
			t.Errorf("%s has %s", file, what)
		}
	}
}

// TestEmptyPart: a part that holds nothing changes nothing of what its study shows, and so one line of a list adds one.
func TestEmptyPart(t *testing.T) {
	for file, r := range records(t) {
		s, err := Of(r)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		more := *s
		more.Parts = append(slices.Clone(s.Parts), study.Part{Name: "empty"})
		var before, after bytes.Buffer
		style := page.Style{Baseline: "c/cgo", Markdown: true, Source: file}
		if err := errors.Join(s.Print(&before, r, style), more.Print(&after, r, style)); err != nil || before.Len() == 0 || before.String() != after.String() {
			t.Errorf("%s: error %v; an empty part changes the page of %d bytes", file, err, before.Len())
		}
	}
}

// TestOf: a record that says of which study it is, one that does not, and one that is of none.
func TestOf(t *testing.T) {
	for text, want := range map[string]string{
		"study: calls\nBenchmarkLimits/op=read/lang=c/via=purego/level=L1 1 5 ns/op\n":                 "calls",
		"study: bench\nBenchmarkLimits/op=read/lang=c/via=purego/level=L1 1 5 ns/op\n":                 "bench",
		"BenchmarkKernels/kernel=julia/lang=c/via=cgo/n=1 1 5 ns/op\n":                                 "bench",
		"BenchmarkLimits/op=read/lang=c/via=purego/level=L1 1 5 ns/op\nBenchmarkLoops/n=1 1 5 ns/op\n": "layout",
		"BenchmarkOther/n=1 1 5 ns/op\n":                                                               "",
		"study: other\nBenchmarkKernels/kernel=julia/lang=c/via=cgo/n=1 1 5 ns/op\n":                   "",
	} {
		r, err := record.Read(strings.NewReader(text), "test")
		if err != nil {
			t.Fatal(err)
		}
		s, err := Of(r)
		switch {
		case want != "" && (err != nil || s.Name != want):
			t.Errorf("%q: got %+v, error %v; want toll %s", text, s, err, want)
		case want == "" && (err == nil || !strings.Contains(err.Error(), "want a record of toll bench, calls, layout, book, kernels, instructions")):
			t.Errorf("%q: error %v, want one that names the studies", text, err)
		}
	}
	if _, err := Child("nothing"); err == nil || !strings.Contains(err.Error(), "slots") || !strings.Contains(err.Error(), "repeat") {
		t.Errorf("error %v, want one that names the children", err)
	}
}
