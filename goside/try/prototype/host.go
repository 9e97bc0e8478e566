// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"embed"
	"fmt"
	"runtime"
	"time"

	"modernc.org/cc/v4"
)

// machine is what C code may ask about a processor.
type machine struct {
	name       string // as error messages have it
	convention string
	triplet    string // a folder under /usr/include and /usr/lib
	macros     string
	unsigned   bool // char
}

var machines = map[string]machine{
	"amd64": {"x86-64", "System V AMD64", "x86_64-linux-gnu",
		"#define __x86_64__ 1\n#define __amd64__ 1\n#define __SSE2__ 1\n", false},
	"arm64": {"arm64", "AAPCS64", "aarch64-linux-gnu",
		"#define __aarch64__ 1\n#define __ARM_64BIT_STATE 1\n", true},
	"riscv64": {"riscv64", "RISC-V LP64D", "riscv64-linux-gnu",
		"#define __riscv 1\n#define __riscv_xlen 64\n#define __riscv_float_abi_double 1\n", true},
}

func convention() string {
	if m, ok := machines[runtime.GOARCH]; ok {
		return m.convention
	}
	return "C of " + runtime.GOARCH
}

func charSigned() bool { return !machines[runtime.GOARCH].unsigned }

// include has what C's compilers bring themselves: it serves where there is none.
//
//go:embed include/*.h
var include embed.FS

// builtin is what cc wants to know before it reads anything.
const builtin = `
int __predefined_declarator;
typedef __SIZE_TYPE__ __predefined_size_t;
typedef __WCHAR_TYPE__ __predefined_wchar_t;
typedef __PTRDIFF_TYPE__ __predefined_ptrdiff_t;
typedef struct ` + vaList + ` *__builtin_va_list;
#define __extension__
#define __restrict_arr restrict
#define __builtin_offsetof(type, member) ((__SIZE_TYPE__) & (((type *)0)->member))
#define __builtin_va_copy(to, from)
#define __FUNCTION__ __func__
`

// predefined is the source whose macros cc takes for the compiler's own, by this name.
const predefined = "<predefined>"

// macros returns those that a compiler for this machine defines. None says that it is GNU's: headers then do without what
// is GNU's alone.
func macros() string {
	m := machines[runtime.GOARCH]
	text := `#define __STDC__ 1
#define __STDC_VERSION__ 201112L
#define __STDC_HOSTED__ 1
#define __linux__ 1
#define __linux 1
#define __unix__ 1
#define __ELF__ 1
#define __LP64__ 1
#define _LP64 1
#define __CHAR_BIT__ 8
#define __SIZEOF_POINTER__ 8
#define __SIZEOF_LONG__ 8
#define __SIZEOF_INT__ 4
#define __ORDER_LITTLE_ENDIAN__ 1234
#define __ORDER_BIG_ENDIAN__ 4321
#define __BYTE_ORDER__ __ORDER_LITTLE_ENDIAN__
#define __SIZE_TYPE__ unsigned long
#define __PTRDIFF_TYPE__ long
#define __inline inline
#define __inline__ inline
#define __const const
#define __volatile__ volatile
#define __restrict restrict
#define __restrict__ restrict
#define __signed__ signed
` + m.macros
	if m.unsigned {
		return text + "#define __CHAR_UNSIGNED__ 1\n#define __WCHAR_TYPE__ unsigned int\n"
	}
	return text + "#define __WCHAR_TYPE__ int\n"
}

// bare returns a configuration that asks no C compiler.
func bare() (*cc.Config, error) {
	abi, err := cc.NewABI(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return nil, fmt.Errorf("prototype: C's types on this machine are not known: %w", err)
	}
	c := &cc.Config{
		ABI: abi, FS: include, Predefined: macros(), SysIncludePaths: []string{"include"},
		IncludePaths: []string{""},
	}
	return c, settle(c)
}

// settle makes a configuration read declarations as the compiler does, and no more of them than there is time for.
func settle(c *cc.Config) error {
	c.ABILayout, c.Header, c.UnsignedEnums, c.IgnoreStaticAssert = true, true, true, true
	c.ExpansionLimit = 50_000_000
	return c.ApplyOptions()
}

// patience is how long cc may take: what it does not understand, it may read for ever.
const patience = 30 * time.Second

// translate is cc.Translate, whose panics are errors.
func translate(c *cc.Config, sources []cc.Source) (*cc.AST, error) {
	type result struct {
		tree *cc.AST
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r = result{nil, fmt.Errorf("prototype: the C parser failed: %v", p)}
			}
			done <- r
		}()
		r.tree, r.err = cc.Translate(c, sources)
	}()
	select {
	case r := <-done:
		return r.tree, r.err
	case <-time.After(patience):
		return nil, fmt.Errorf("prototype: the C parser came to no end in %v", patience)
	}
}
