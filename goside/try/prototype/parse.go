// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

// The names of sources in cc's positions, and a limit.
const (
	sigFile = "--sig"
	endFile = "<end>"
	longest = 32 << 10 // bytes of a prototype
)

// prelude has the types that a prototype may use without a word about them.
const prelude = `
#include <stddef.h>
#include <stdint.h>
#include <stdarg.h>
typedef _Bool bool;
typedef long ssize_t, off_t, time_t, clock_t;
typedef unsigned char uchar, u_char;
typedef unsigned short ushort, u_short;
typedef unsigned int uint, u_int, mode_t, uid_t, gid_t;
typedef unsigned long ulong, u_long;
typedef int pid_t;
typedef struct FILE FILE;
#define complex _Complex
`

// guard follows a prototype: cc looks for a name, or for the end of a list, for ever if there is none.
const guard = "int toll_end(int x);\n"

// known are the names of the types of C and of the prelude, for suggestions.
var known = strings.Fields(`void char short int long float double signed unsigned bool _Bool size_t ptrdiff_t wchar_t wint_t
	ssize_t off_t time_t clock_t uchar u_char ushort u_short uint u_int ulong u_long mode_t uid_t gid_t pid_t
	int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t intmax_t uintmax_t va_list FILE
	const volatile restrict struct union enum static extern inline typedef complex _Complex`)

// Parse reads a prototype in C, such as "double norm(const double *p, int64_t n)", with the types of <stdint.h>, <stddef.h> and
// <stdbool.h>, and structs that are defined before it. An error says in which column.
func Parse(sig string) (f *Function, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("prototype: %q is not understood: %v", shorten(sig), p)
		}
	}()
	switch {
	case strings.TrimSpace(sig) == "":
		return nil, errors.New(`prototype: found an empty prototype, want one such as "double norm(const double *p, int64_t n)"`)
	case len(sig) > longest:
		return nil, fmt.Errorf("prototype: found a prototype of %d bytes, want at most %d: give --header", len(sig), longest)
	}
	// What C++ may write before a function that C calls; blanks keep the columns.
	text := externC.ReplaceAllStringFunc(sig, func(s string) string { return strings.Repeat(" ", len(s)) })
	text = anyLength.ReplaceAllStringFunc(text, func(s string) string { return "[" + strings.Repeat(" ", len(s)-2) + "]" })
	config, err := bare()
	if err != nil {
		return nil, err
	}
	config.FSOnly = true
	config.ExpansionLimit = 100_000
	tree, err := translate(config, []cc.Source{
		{Name: predefined, Value: config.Predefined},
		{Name: "<builtin>", Value: builtin},
		{Name: "<prelude>", Value: prelude},
		{Name: sigFile, Value: text + "\n;\n"},
		{Name: endFile, Value: guard},
	})
	if err != nil {
		return nil, explain(text, err)
	}
	d, specifiers, err := lastFunction(tree)
	if err != nil {
		return nil, fmt.Errorf("prototype: %q: %w", shorten(sig), err)
	}
	f, err = function(d, sigFile)
	if err == nil {
		err = complete(d, specifiers, f)
	}
	if err != nil {
		return nil, fmt.Errorf("prototype: %q: %w", shorten(sig), err)
	}
	return f, nil
}

var (
	externC   = regexp.MustCompile(`extern\s*"C"`)
	anyLength = regexp.MustCompile(`\[\s*\*\s*\]`) // [*], an array of some length
)

// lastFunction returns the last function that a prototype declares, and what stands before its name.
func lastFunction(tree *cc.AST) (last *cc.Declarator, before *cc.DeclarationSpecifiers, err error) {
	var other *cc.Declarator
	take := func(d *cc.Declarator, specifiers *cc.DeclarationSpecifiers) {
		switch {
		case d.Position().Filename != sigFile || d.IsTypename():
		case d.Type().Kind() != cc.Function:
			other = d
		default:
			last, before = d, specifiers
		}
	}
	for unit := tree.TranslationUnit; unit != nil; unit = unit.TranslationUnit {
		switch e := unit.ExternalDeclaration; e.Case {
		case cc.ExternalDeclarationFuncDef:
			take(e.FunctionDefinition.Declarator, e.FunctionDefinition.DeclarationSpecifiers)
		case cc.ExternalDeclarationDecl:
			for l := e.Declaration.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
				take(l.InitDeclarator.Declarator, e.Declaration.DeclarationSpecifiers)
			}
		}
	}
	if last != nil {
		return last, before, nil
	}
	if other == nil {
		return nil, nil, errors.New(`found no function, want one such as "double norm(const double *p, int64_t n)"`)
	}
	if p, ok := other.Type().(*cc.PointerType); ok && p.Elem().Kind() == cc.Function {
		return nil, nil, fmt.Errorf("%s is a pointer to a function, want a function", other.Name())
	}
	return nil, nil, fmt.Errorf(`%s is no function: write its parameters after it, "(void)" if there are none`, other.Name())
}

// complete says what a declaration leaves out, where C once filled in int.
func complete(d *cc.Declarator, specifiers *cc.DeclarationSpecifiers, f *Function) error {
	if !hasType(specifiers) {
		return fmt.Errorf("%s has no type of result: write one before it, void if there is none", f.Name)
	}
	if f.Result.Kind == Array || f.Result.Kind == Code {
		return fmt.Errorf("%s returns %s, which no function of C does", f.Name, f.Result)
	}
	list := parameters(d.DirectDeclarator)
	if list == nil {
		return nil // by a typedef of a function, or by its definition as C once wrote it
	}
	if list.Case == cc.DirectDeclaratorFuncIdent {
		if names := list.IdentifierList; names != nil && !d.IsFuncDef() {
			return fmt.Errorf("parameter %s has no type", names.Token2.SrcStr())
		}
		return nil
	}
	if list.ParameterTypeList == nil {
		return nil
	}
	k := 0
	for l := list.ParameterTypeList.ParameterList; l != nil; l = l.ParameterList {
		k++
		p := l.ParameterDeclaration
		switch {
		case !hasType(p.DeclarationSpecifiers):
			return fmt.Errorf("parameter %d has no type", k)
		case p.Type().Kind() == cc.Void && (k > 1 || l.ParameterList != nil || p.Declarator != nil):
			return fmt.Errorf("parameter %d is void", k)
		}
	}
	return nil
}

// parameters returns what has the parameters of a function in its declaration, nil if nothing has.
func parameters(d *cc.DirectDeclarator) *cc.DirectDeclarator {
	for d != nil {
		switch d.Case {
		case cc.DirectDeclaratorFuncParam, cc.DirectDeclaratorFuncIdent:
			if inner := d.DirectDeclarator; inner.Case == cc.DirectDeclaratorIdent {
				return d
			} else if found := parameters(inner); found != nil {
				return found
			}
			return d // (name)(parameters)
		case cc.DirectDeclaratorDecl:
			d = d.Declarator.DirectDeclarator
		default:
			d = d.DirectDeclarator
		}
	}
	return nil
}

// hasType reports whether a declaration names a type: C once let int go without saying.
func hasType(s *cc.DeclarationSpecifiers) bool {
	for ; s != nil; s = s.DeclarationSpecifiers {
		if s.TypeSpecifier != nil {
			return true
		}
	}
	return false
}

var (
	located = regexp.MustCompile(`(?m)^(?:` + sigFile + `|` + endFile + `):(\d+):(\d+): (.*?)(?: \(\w+\.go:\d+:\w*:\))?$`)
	wanted  = regexp.MustCompile(`^unexpected (.*?), expected (.*)$`)
	plus    = regexp.MustCompile(`::|&|\b(?:template|class|namespace|operator|noexcept)\b|\b\w+\s*<[\w\s,:*]*>|\bconst\s*;?\s*$`)
	plainly = strings.NewReplacer("direct abstract declarator", "',' or ')'", "struct declarator list", "the name of a field",
		"external declaration", "'(' or ';'", "declarator or abstract declarator", "a type or a name", "direct-declarator", "a name", "direct declarator", "a name",
		"declarator", "a name", "identifier", "a name")
	word    = regexp.MustCompile(`[A-Za-z_]\w*`)
	defined = regexp.MustCompile(`([A-Za-z_]\w*)\s*(?:\[[^\]]*\]\s*|\)\s*\([^;]*)?;`)
)

// explain says in our words, and with the place, what cc did not understand.
func explain(text string, err error) error {
	if at := plus.FindStringIndex(text); at != nil {
		return point(text, at[0], fmt.Sprintf(`%q is C++, want C, as in an extern "C" function`, text[at[0]:at[1]]))
	}
	m := located.FindStringSubmatch(err.Error())
	if m == nil {
		message, _, _ := strings.Cut(strings.TrimPrefix(origin.ReplaceAllString(err.Error(), ""), "prototype: "), "\n")
		return fmt.Errorf("prototype: %q does not parse as C: %s", shorten(text), reword(message))
	}
	line, _ := strconv.Atoi(m[1])
	column, _ := strconv.Atoi(m[2])
	offset := column - 1
	for _, l := range strings.SplitAfter(text, "\n")[:min(line-1, strings.Count(text, "\n")+1)] {
		offset += len(l)
	}
	end := len(strings.TrimRight(text, " \t\n;"))
	if offset > end || strings.HasPrefix(m[0], endFile) {
		offset = end
	}
	if at, name := unknownType(text, offset); name != "" {
		message := fmt.Sprintf("%q is no type that is known here", name)
		if near := nearest(name, known, 1); len(near) > 0 {
			message += fmt.Sprintf("; did you mean %q?", near[0])
		} else {
			message += fmt.Sprintf(`: say what it is before the function, as in "typedef unsigned long %s;", or give --header`, name)
		}
		return point(text, at, message)
	}
	message := m[3]
	if strings.HasPrefix(message, "include file not found") {
		message = "a prototype includes no files: give --header instead"
	}
	if w := wanted.FindStringSubmatch(message); w != nil {
		found := "found " + w[1]
		if token := tokenAt(text, offset); token != "" {
			found = fmt.Sprintf("found %q", token)
		}
		if offset >= end {
			found = "the prototype ends"
		}
		message = found + ", want " + plainly.Replace(w[2])
	}
	return point(text, offset, reword(message))
}

func reword(message string) string {
	for _, r := range reworded {
		message = r.found.ReplaceAllString(message, r.better)
	}
	return message
}

// reworded are what cc says to those who write it.
var reworded = []struct {
	found  *regexp.Regexp
	better string
}{
	{regexp.MustCompile(`^TODO .*missed/failed type check: \[.*`), `found types that do not go together: is a ";" missing?`},
	{regexp.MustCompile(`^(?:TODO|internal error).*`), "this is not understood"},
	{regexp.MustCompile(`^conflicting types for '(\w+)'.*`), "$1 is another type already"},
	{regexp.MustCompile(`^strconv\.\w+: parsing "(.*)": `), "$1: "},
}

// unknownType returns the word at or before an offset that stands where a type is wanted and is none.
func unknownType(text string, offset int) (int, string) {
	types := map[string]bool{}
	for _, name := range known {
		types[name] = true
	}
	for _, m := range defined.FindAllStringSubmatch(text, -1) {
		types[m[1]] = true
	}
	words := word.FindAllStringIndex(text, -1)
	for _, w := range slices.Backward(words) {
		from, to := w[0], w[1]
		if from > offset {
			continue
		}
		name := text[from:to]
		// A type is followed by a name or a star; a name is not.
		rest := strings.TrimLeft(text[to:], " \t\n")
		followed := rest != "" && (rest[0] == '*' || rest[0] == '_' || word.MatchString(rest[:1]))
		if followed && !types[name] && !named(text[:from], types) {
			return from, name
		}
		if from < offset && to <= offset && types[name] {
			break
		}
	}
	return 0, ""
}

// named reports whether what follows a text is a name, since a type, a star or the word before a tag is there already.
func named(text string, types map[string]bool) bool {
	text = strings.TrimRight(text, " \t\n")
	last := lastWord.FindString(text)
	return strings.HasSuffix(text, "*") || types[last] && !slices.Contains(qualifiers, last)
}

var (
	lastWord   = regexp.MustCompile(`[A-Za-z_]\w*$`)
	qualifiers = []string{"const", "volatile", "restrict", "static", "extern", "inline", "typedef"}
)

func tokenAt(text string, offset int) string {
	rest := text[offset:]
	if at := word.FindStringIndex(rest); at != nil && at[0] == 0 {
		return rest[:at[1]]
	}
	for _, r := range rest {
		return string(r)
	}
	return ""
}

// point returns an error with a caret below the place in the text.
func point(text string, offset int, message string) error {
	line := strings.Count(text[:offset], "\n") + 1
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	stop := len(text)
	if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
		stop = start + n
	}
	column := len([]rune(text[start:offset])) + 1
	place := fmt.Sprintf("column %d", column)
	if line > 1 || strings.Contains(strings.TrimSpace(text), "\n") {
		place = fmt.Sprintf("line %d, column %d", line, column)
	}
	shown := []rune(strings.ReplaceAll(strings.ToValidUTF8(text[start:stop], "?"), "\t", " "))
	const before, width = 60, 100
	if from := column - 1 - before; from > 0 && len(shown) > width {
		shown, column = shown[from:], column-from
	}
	shown = shown[:min(len(shown), width)]
	return fmt.Errorf("prototype: %s: %s\n    %s\n    %s^", place, message, string(shown), strings.Repeat(" ", column-1))
}

func shorten(text string) string {
	if len(text) > 80 {
		return text[:77] + "..."
	}
	return text
}
