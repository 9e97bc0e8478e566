// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ianlancetaylor/demangle"
)

// Find checks that a function is among those that a library exports, and that C can call it. Its error names what was
// probably meant.
func Find(exports []string, symbol string) error {
	if symbol == "" {
		return errors.New("prototype: found an empty name of a function")
	}
	if slices.Contains(exports, symbol) {
		return callable(symbol)
	}
	message := fmt.Sprintf("prototype: the library exports no function %q", symbol)
	var hints []string
	for _, name := range exports {
		if hint := mangledAs(name, symbol); hint != "" {
			hints = append(hints, hint)
		}
	}
	const few = 4
	if len(hints) > few {
		hints = append(hints[:few], fmt.Sprintf("%d more", len(hints)-few))
	}
	near := nearest(symbol, exports, few)
	for _, name := range exports {
		contains := len(symbol) > 2 && strings.Contains(fold(name), fold(symbol)) && !strings.HasPrefix(name, "_") // not mangled
		if contains && len(near) < few && !slices.Contains(near, name) {
			near = append(near, name)
		}
	}
	if len(hints) > 0 {
		near = slices.DeleteFunc(near, func(name string) bool {
			return slices.ContainsFunc(hints, func(hint string) bool { return strings.HasPrefix(hint, name+" ") })
		})
		if len(near) > 0 {
			hints = append(hints, "similar: "+strings.Join(near, ", "))
		}
		return errors.New(message + "\n    " + strings.Join(hints, "\n    "))
	}
	if len(near) > 0 {
		return fmt.Errorf("%s; did you mean %s?", message, strings.Join(near, ", "))
	}
	if len(exports) <= 3*few {
		return fmt.Errorf("%s, only %s", message, strings.Join(exports, ", "))
	}
	return fmt.Errorf("%s, and no such name among its %d", message, len(exports))
}

// mangledAs says what to type for an exported name if it is what another language made of the function that is looked for.
func mangledAs(name, symbol string) string {
	lower := strings.ToLower(symbol)
	switch {
	case name == lower+"_" || name == lower+"__":
		return name + " is Fortran's: type that; its arguments are pointers"
	case strings.HasPrefix(name, "__") && strings.HasSuffix(name, "_MOD_"+lower):
		module := strings.TrimSuffix(strings.TrimPrefix(name, "__"), "_MOD_"+lower)
		return fmt.Sprintf("%s is Fortran's, of module %s: type that; its arguments are pointers", name, module)
	}
	plain, language := demangled(name)
	if plain == "" || baseName(plain) != symbol && scope(plain) != symbol && plain != symbol {
		return ""
	}
	if why := foreign(name); why != "" {
		return fmt.Sprintf("%s is %s's %s: %s", name, language, plain, why)
	}
	object := ""
	if strings.Contains(scope(plain), "::") {
		object = ", whose first parameter is the object if it is a member function"
	}
	return fmt.Sprintf(`%s is %s's %s: type that, and its prototype in C by --sig%s; or declare it extern "C"`, name, language, plain, object)
}

// callable says why C cannot call a mangled function.
func callable(name string) error {
	why := foreign(name)
	if why == "" {
		return nil
	}
	plain, language := demangled(name)
	return fmt.Errorf("prototype: %s is %s's %s: %s", name, language, plain, why)
}

// demangled returns what a mangled name says, and the language that mangled it; "" if it is not mangled.
func demangled(name string) (plain, language string) {
	plain, err := demangle.ToString(name, demangle.NoClones)
	switch {
	case err != nil || plain == name:
		return "", ""
	case strings.HasPrefix(name, "_R") || rustHash.MatchString(name):
		return plain, "Rust"
	}
	return plain, "C++"
}

var (
	rustHash = regexp.MustCompile(`^_ZN.*17h[0-9a-f]{16}E$`)
	// What the parameters of a C++ function may be made of for C to have them as well.
	plainTypes = regexp.MustCompile(`^(?:\s|,|\*|\(|\)|\.\.\.|` +
		`\b(?:const|volatile|void|bool|char|short|int|long|float|double|unsigned|signed|wchar_t|__int128|__restrict)\b)*$`)
)

// foreign says why C cannot call what a mangled name stands for, "" if it can or the name is not mangled.
func foreign(name string) string {
	plain, language := demangled(name)
	switch open := parametersAt(plain); {
	case plain == "":
		return ""
	case language == "Rust":
		return `Rust's own functions have no fixed way of being called: declare it #[no_mangle] pub extern "C"`
	case open < 0:
		return "it is no function"
	case strings.HasSuffix(plain, " const") || strings.Contains(plain, "~"):
		return `a member function takes an object: declare an extern "C" function that calls it`
	case !plainTypes.MatchString(plain[open:]):
		return `C has no such types: declare an extern "C" function that calls it`
	}
	return ""
}

// parametersAt returns where the parameters of a demangled function begin, -1 if it has none.
func parametersAt(plain string) int {
	depth := 0
	for k, r := range plain {
		switch r {
		case '<':
			depth++
		case '>':
			depth--
		case '(':
			if depth == 0 && !strings.HasPrefix(plain[k:], "(anonymous namespace)") {
				return k
			}
		}
	}
	return -1
}

// scope returns the name of a demangled function with its namespaces, without its parameters.
func scope(plain string) string {
	if open := parametersAt(plain); open >= 0 {
		plain = plain[:open]
	}
	return plain
}

func baseName(plain string) string {
	name := scope(plain)
	return name[strings.LastIndex(name, ":")+1:]
}
