// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package goside

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// module is what the path of each package begins with.
const module = "toll/goside/"

// below are the rooms of the house that import only what is named here, "via/*" meaning all below via. A package is named as a
// folder in goside.
var below = map[string]struct {
	imports []string
	instead string // what to do instead of importing more
}{
	"kernel":          {[]string{"via/mem", "via/thread"}, "kernel is the reference and needs nothing: pass what it needs as an argument"},
	"kernel/fast":     {[]string{"kernel", "level", "via/mem"}, "kernel/fast is kernel in other words and needs no more: pass what it needs as an argument"},
	"kernel/rounding": {[]string{"kernel"}, "kernel/rounding computes what kernel does and needs no more: pass what it needs as an argument"},
	"kernel/property": {[]string{"kernel"}, "kernel/property says what is true of any kernels: let the test pass them"},
	"level":           {nil, "level names instruction sets and needs nothing: pass what it needs as an argument"},
	"calls":           {[]string{"kernel"}, "calls says what can be passed, not how: move what needs more into a crossing or a part"},
	"seam":            {[]string{"kernel", "via/thread"}, "seam is what all routes satisfy: move what needs more above it"},
	"conform":         {[]string{"calls", "kernel", "seam", "via/thread"}, "conform verifies any routes: take them as an argument"},
	"certify":         {[]string{"conform", "kernel", "kernel/rounding", "measure", "seam"}, "certify compares any routes: take them as an argument"},
	"fuzz":            {[]string{"conform", "kernel", "seam", "via/guard", "via/process", "via/thread"}, "fuzz compares any routes with the reference: take them as an argument"},
	"registry":        {[]string{"calls", "kernel", "kernel/fast", "level", "seam", "via/*"}, "registry is a list of routes: move what needs more above it"},
	"machine":         {[]string{"measure", "via/thread"}, "machine says where a run is: move what needs more above it"},
	"measure":         {[]string{"via/thread"}, "measure times any subjects: take what it needs from the subject"},
	"record":          {[]string{"level", "measure"}, "record knows no study: let a part find its rows in the record"},
	"page":            {[]string{"level", "measure", "record"}, "page knows no study: let a part pass what is to be shown"},
	"cost":            {[]string{"measure", "record"}, "cost predicts from records: let a part measure what it needs"},
	"chart":           {nil, "chart knows no study: let a part pass what is to be drawn"},
	"valgrind":        {[]string{"seam"}, "valgrind knows no study: let a part pass the arguments"},
	"study":           {[]string{"calls", "chart", "conform", "kernel", "level", "machine", "measure", "page", "record", "registry", "seam", "via/*"}, "study is what parts share: let the part pass what it needs, or move that here"},
	"study/limits":    {[]string{"machine", "measure", "page", "record", "study", "via/*"}, "limits are of the machine, not of a study: take what they need as an argument"},
	"study/releases":  {[]string{"measure", "page", "record", "seam", "study"}, "releases build and time any program: let the caller write it"},
	"report":          {[]string{"chart", "measure", "page", "record", "study"}, "report knows no study: let a study bring it by study.Study"},
	"studies":         {[]string{"page", "record", "study", "study/*"}, "studies is a list of studies: move what needs more into one of them"},
	"stubs":           {nil, "stubs writes calls for any package: let its declarations import what they need"},
	"try/prototype":   {nil, "prototype describes C's functions and needs nothing of ours"},
	"try/argument":    {[]string{"try/prototype"}, "argument makes what is passed: let harness say where it lies"},
	"try/program":     {[]string{"seam", "stubs", "try/prototype"}, "program writes calls: put what they run on into via/harness"},
	"try/ladder":      {[]string{"measure", "page", "record", "seam", "study", "study/releases", "try/argument", "try/prototype"}, "ladder writes one program: let study/releases build and time it"},
	"via/harness":     {[]string{"measure", "seam", "try/argument", "try/prototype", "via/*"}, "harness runs one job: let the parent decide what is to be done"},
	"study/try":       {[]string{"chart", "kernel", "machine", "measure", "page", "record", "seam", "study", "try/*", "via/harness", "via/thread"}, "try knows no other study: move what several need into study, record or page"},
	"advise":          {[]string{"cost", "measure", "page", "record", "seam"}, "advise reads records: let a part of a study measure what it needs"},
	"fit":             {[]string{"kernel", "seam"}, "fit runs a driver and knows no study: let the caller pass what is to be told"},
	"cmd/toll":        {[]string{"advise", "certify", "fit", "study/try", "chart", "conform", "kernel", "level", "machine", "measure", "page", "record", "registry", "report", "seam", "studies", "study", "via/stdout", "via/thread"}, "the command is flags and wiring: put what a part does into its Part"},
	"page/pagetest":   {[]string{"measure", "page", "record"}, "pagetest makes up records of any study: let the test pass the series"},
	"chart/charttest": {[]string{"chart"}, "charttest looks at any picture"},
	"study/studytest": {[]string{"calls", "kernel", "measure", "page", "record", "seam", "study", "valgrind"}, "studytest is for the tests of any part: let the test pass what it needs"},

	"via/goplugin": {[]string{"calls", "conform", "kernel", "via/mem"}, "goplugin is a program beside Toll: ask it for more by its requests"},

	"page/browsertest": {[]string{"seam"}, "browsertest opens any page: let the test pass its file"},
}

// parted is what a part may import.
var parted = []string{"calls", "chart", "conform", "cost", "fit", "kernel", "level", "measure", "page", "record", "registry", "seam", "study", "study/limits", "study/releases", "valgrind", "via/*"}

// lists are the packages of studies of several parts. They take nothing from a part but its Part.
var lists = []string{"study/calls", "study/layout", "study/book"}

// between are the parts, with others that they may import, since they go on from these.
var between = map[string][]string{
	"study/layout/ways": {"study/layout/walk"},
	"study/layout/held": {"study/layout/walk", "study/layout/ways"},
	"study/book":        {"study/borders"},
}

// helpers are for tests only.
var helpers = []string{"cost/costtest", "page/browsertest", "page/pagetest", "chart/charttest", "study/studytest"}

// forbidden returns why a package of goside may not import another, and what to do instead; "" if it may. test says that a test
// file imports it.
func forbidden(importer, imported string, test bool) string {
	within := func(all []string) bool {
		return slices.ContainsFunc(all, func(pattern string) bool {
			folder, all := strings.CutSuffix(pattern, "/*")
			return imported == pattern || all && strings.HasPrefix(imported, folder+"/")
		})
	}
	is := func(folder string) bool { return imported == folder || strings.HasPrefix(imported, folder+"/") }
	testing := test || slices.Contains(helpers, importer)
	switch {
	case imported == importer: // by a test outside of the package
		return ""
	case slices.Contains(helpers, imported):
		if testing {
			return ""
		}
		return "it is for tests: move what is needed out of it"
	case is("cmd") || is("internal") || is("findings"):
		return "it is a program: move what is needed into a package below it"
	}
	rule, known := below[importer]
	switch {
	case test && known && within(rule.imports):
		return ""
	case test:
		return forbiddenInTest(importer, imported)
	case known && within(rule.imports):
		return ""
	case known:
		return rule.instead
	case slices.Contains(lists, importer) && strings.HasPrefix(imported, "study/"): // only its Part, see TestListsTakeOnlyParts
		return ""
	case strings.HasPrefix(importer, "study/"):
		if within(parted) || slices.Contains(between[importer], imported) {
			return ""
		}
		if strings.HasPrefix(imported, "study/") {
			return "a part imports no other: move what both need into study, record or page"
		}
		return "a part knows no list of studies, and nothing of the machine but by study.Lab"
	case strings.HasPrefix(importer, "via/"):
		if imported == "kernel" || imported == "calls" || imported == "level" || imported == "seam" || is("via") {
			return ""
		}
		return "a crossing knows only what it calls: move what needs more above it"
	}
	if is("study") || is("studies") {
		return "only the lists and the command know studies: move this into a part"
	}
	return ""
}

// forbiddenInTest is forbidden, of test files: they may go on to what is made of the package, but not to studies that have nothing
// to do with it.
func forbiddenInTest(importer, imported string) string {
	study := imported == "study" || imported == "studies" || strings.HasPrefix(imported, "study/")
	switch {
	case !study, imported == "study" && strings.HasPrefix(importer, "study"), strings.HasPrefix(importer, "study/") && (imported == "study/limits" || imported == "study/releases"):
		return ""
	case importer == "report" && imported == "study": // which it makes up
		return ""
	case importer == "cmd/toll" || importer == "studies":
		if imported == "study" || imported == "studies" {
			return ""
		}
		return "test what a part does in its own folder"
	case slices.Contains(between[importer], imported), slices.Contains(lists, importer) && (imported == "studies" || strings.HasPrefix(imported, importer+"/")):
		return ""
	case strings.HasPrefix(importer, "study/") && slices.Contains(lists, imported) && strings.HasPrefix(importer, imported+"/"), imported == "studies" && strings.HasPrefix(importer, "study/"):
		return "" // the whole study of a part
	case strings.HasPrefix(importer, "study/"):
		return "a part's test needs no other part: make up what it needs, see page/pagetest and study/studytest"
	}
	return "what lies below studies is tested without one: make up a record, see page/pagetest"
}

// TestImports holds who may import whom.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, file := range sources(t, ".go") {
		folder, ours := strings.CutPrefix(path.Dir(file), "goside/")
		if !ours || strings.Contains(folder, "testdata") {
			continue
		}
		seen[folder] = true
		parsed, err := parser.ParseFile(token.NewFileSet(), file, read(t, file), parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			whole, _ := strconv.Unquote(spec.Path.Value)
			imported, ours := strings.CutPrefix(whole, module)
			if !ours {
				continue
			}
			if why := forbidden(folder, imported, strings.HasSuffix(file, "_test.go")); why != "" {
				t.Errorf("%s imports %s: %s", file, imported, why)
			}
		}
	}
	named := slices.Concat(lists, helpers)
	for folder := range below {
		named = append(named, folder)
	}
	for folder, others := range between {
		named = append(append(named, folder), others...)
	}
	for _, folder := range named {
		if !seen[folder] {
			t.Errorf("the rules name goside/%s, which is not there", folder)
		}
	}
}

// TestForbidden plants imports that the rules forbid, and some that they allow.
func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		importer, imported string
		test               bool
		want               string // in the message; "" if it is allowed
	}{
		{"record", "measure", false, ""},
		{"record", "page", false, "knows no study"},
		{"record", "study", false, "knows no study"},
		{"page", "record", false, ""},
		{"page", "study/calls/knobs", false, "knows no study"},
		{"page", "chart", false, "let a part pass"},
		{"chart", "record", false, "let a part pass"},
		{"measure", "record", false, "any subjects"},
		{"measure", "via/thread", false, ""},
		{"kernel", "via/mem", false, ""},
		{"kernel", "via/cgo", false, "needs nothing"},
		{"kernel", "calls", false, "needs nothing"},
		{"kernel", "kernel/fast", false, "needs nothing"},
		{"kernel/fast", "kernel", false, ""},
		{"kernel/fast", "seam", false, "needs no more"},
		{"via/cgo", "kernel/fast", false, "a crossing knows only"},
		{"registry", "via/start/steps", false, ""},
		{"registry", "study", false, "list of routes"},
		{"conform", "registry", false, "as an argument"},
		{"via/cgo", "kernel", false, ""},
		{"via/cgo", "via/thread", false, ""},
		{"via/cgo", "record", false, "a crossing knows only"},
		{"via/cgo", "conform", false, "a crossing knows only"},
		{"via/goplugin", "conform", false, ""},
		{"via/goplugin", "study", false, "a program beside Toll"},
		{"study", "record", false, ""},
		{"study", "via/cpython", false, ""},
		{"study", "study/calls/knobs", false, "what parts share"},
		{"study", "studies", false, "what parts share"},
		{"study/limits", "study/bench", false, "of the machine"},
		{"study/calls/knobs", "study", false, ""},
		{"study/calls/knobs", "via/purego", false, ""},
		{"study/calls/knobs", "study/calls/grain", false, "imports no other"},
		{"study/calls/knobs", "study/calls", false, "imports no other"},
		{"study/calls/knobs", "studies", false, "knows no list"},
		{"study/calls/knobs", "machine", false, "by study.Lab"},
		{"study/bench", "study/limits", false, ""},
		{"study/calls/firstuse", "study/releases", false, ""},
		{"study/releases", "study/calls/firstuse", false, "let the caller write it"},
		{"try/ladder", "study/releases", false, ""},
		{"study/layout/ways", "study/layout/walk", false, ""},
		{"study/layout/walk", "study/layout/ways", false, "imports no other"},
		{"study/book", "study/borders", false, ""},
		{"study/borders", "study/book", false, "imports no other"},
		{"study/calls", "study/calls/knobs", false, ""},
		{"study/calls", "study/borders", false, ""},
		{"study/calls", "cmd/toll", false, "is a program"},
		{"study/a-new/part", "page", false, ""},
		{"study/a-new/part", "study/bench", false, "imports no other"},
		{"studies", "study/bench", false, ""},
		{"studies", "registry", false, "list of studies"},
		{"cmd/toll", "studies", false, ""},
		{"cmd/toll", "study/bench", false, "flags and wiring"},
		{"a-new-room", "kernel", false, ""},
		{"a-new-room", "study", false, "move this into a part"},
		{"a-new-room", "studies", false, "move this into a part"},

		{"page", "page/pagetest", false, "is for tests"},
		{"page", "page/pagetest", true, ""},
		{"cmd/toll", "page/browsertest", true, ""},
		{"page/browsertest", "page", false, "let the test pass"},
		{"study/studytest", "study", false, ""},
		{"study/studytest", "study/calls/knobs", false, "let the test pass"},
		{"page/pagetest", "study", false, "let the test pass"},
		{"record", "registry", true, ""},
		{"record", "study/bench", true, "tested without one"},
		{"measure", "study", true, "tested without one"},
		{"try/ladder", "study/releases", true, ""},
		{"try/ladder", "study/bench", true, "tested without one"},
		{"study", "study", true, ""},
		{"study", "study/bench", true, "make up"},
		{"study/bench", "registry", true, ""},
		{"study/calls/knobs", "study/studytest", true, ""},
		{"study/calls/knobs", "study/bench", true, "needs no other part"},
		{"study/calls/knobs", "study/calls", true, ""},
		{"study/layout", "study/layout/walk", true, ""},
		{"study/layout", "study/bench", true, "needs no other part"},
		{"cmd/toll", "study", true, ""},
		{"cmd/toll", "study/book", true, "in its own folder"},
	} {
		why := forbidden(c.importer, c.imported, c.test)
		if (why == "") != (c.want == "") || !strings.Contains(why, c.want) {
			t.Errorf("%s imports %s, in a test %t: the rules say %q, want %q", c.importer, c.imported, c.test, why, c.want)
		}
	}
}

// taken returns what a file takes from packages of goside that match, but what is allowed.
func taken(file *ast.File, match func(folder string) bool, allowed ...string) []string {
	names := map[string]bool{}
	for _, spec := range file.Imports {
		whole, _ := strconv.Unquote(spec.Path.Value)
		if folder, ours := strings.CutPrefix(whole, module); ours && match(folder) {
			name := path.Base(folder)
			if spec.Name != nil {
				name = spec.Name.Name
			}
			names[name] = true
		}
	}
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if from, ok := s.X.(*ast.Ident); ok && names[from.Name] && !slices.Contains(allowed, s.Sel.Name) {
				all = append(all, from.Name+"."+s.Sel.Name)
			}
		}
		return true
	})
	return all
}

// TestListsTakeOnlyParts: a list of parts takes nothing from one but its Part, and the list of studies nothing but its Study. A
// part that goes on from another, such as book, is no list as regards that one.
func TestListsTakeOnlyParts(t *testing.T) {
	for _, folder := range append(slices.Clone(lists), "studies") {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || files == nil {
			t.Fatalf("found %v in %s, error %v", files, folder, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			only := "Part"
			if folder == "studies" {
				only = "Study"
			}
			part := func(imported string) bool {
				return strings.HasPrefix(imported, "study/") && imported != "study/limits" && !slices.Contains(between[folder], imported)
			}
			for _, what := range taken(file, part, only) {
				t.Errorf("%s uses %s, want of it nothing but its %s: move what both need into study, record or page", name, what, only)
			}
		}
	}
	planted, err := parser.ParseFile(token.NewFileSet(), "planted.go", `package calls
import (
	"toll/goside/study/calls/knobs"
	other "toll/goside/study/calls/grain"
	"toll/goside/study"
)
var Study = study.Study{Parts: []study.Part{knobs.Part, other.Part}, About: other.Name}
func f() { knobs.Tables(nil) }`, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := taken(planted, func(folder string) bool { return strings.HasPrefix(folder, "study/") }, "Part")
	if want := []string{"other.Name", "knobs.Tables"}; !slices.Equal(got, want) {
		t.Errorf("planted were %q, found were %q", want, got)
	}
}

// TestPartsAreNamedAsTheirFolders: one name is that of --part and of the folder.
func TestPartsAreNamedAsTheirFolders(t *testing.T) {
	parts := 0
	for _, file := range sources(t, ".go") {
		if !strings.HasPrefix(file, "goside/study/") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, read(t, file), 0)
		if err != nil {
			t.Fatal(err)
		}
		if name := partName(parsed); name != "" {
			parts++
			if folder := path.Base(path.Dir(file)); name != folder {
				t.Errorf("%s has the Part %q, want it named as its folder, %q", file, name, folder)
			}
		}
	}
	if parts < 10 {
		t.Errorf("found %d parts, want at least 10: this test looks at the wrong files", parts)
	}
}

// partName returns the name of the Part that a file declares, "" if it declares none.
func partName(file *ast.File) string {
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok || general.Tok != token.VAR {
			continue
		}
		for _, spec := range general.Specs {
			value := spec.(*ast.ValueSpec)
			if len(value.Names) != 1 || value.Names[0].Name != "Part" || len(value.Values) != 1 {
				continue
			}
			literal, ok := value.Values[0].(*ast.CompositeLit)
			if !ok {
				return "?"
			}
			for _, element := range literal.Elts {
				pair, ok := element.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, _ := pair.Key.(*ast.Ident)
				if text, ok := pair.Value.(*ast.BasicLit); ok && key != nil && key.Name == "Name" {
					name, _ := strconv.Unquote(text.Value)
					return name
				}
			}
			return "?"
		}
	}
	return ""
}
