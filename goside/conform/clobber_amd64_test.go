// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package conform_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"toll/goside/seam"
)

// TestNothingLivesAcrossTLSCall searches the machine code of the native libraries for values in a register of AVX-512
// (vector 16 to 31, or a mask) across a call of __tls_get_addr, which may change it: see docs/FINDINGS.md. There must
// be none, neither in our functions nor in rayon's, which are compiled for our types.
func TestNothingLivesAcrossTLSCall(t *testing.T) {
	path, err := seam.FindLibrary("libtoll_c.so")
	if err != nil {
		t.Fatal(err)
	}
	build := filepath.Join(filepath.Dir(path), "..")
	var files []string
	for _, pattern := range []string{"lib/*.so", "venv/lib/python*/site-packages/toll*/*.so"} {
		found, err := filepath.Glob(filepath.Join(build, pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	calls := 0
	for _, file := range files {
		scan, err := scanTLSCalls(file)
		if err != nil {
			t.Fatal(err)
		}
		calls += scan.calls
		var places []string
		for _, place := range scan.places {
			places = append(places, place.String())
		}
		if len(places) > 0 {
			t.Errorf("%s: %d values live across a call of __tls_get_addr:\n%s", filepath.Base(file), len(places), strings.Join(places, "\n"))
		}
	}
	if calls == 0 {
		t.Errorf("found no call of __tls_get_addr in %v, want at least Rust's: the scan is blind", files)
	}
	t.Logf("%d calls in %d libraries", calls, len(files))
}

// TestTLSScanSees plants the finding, compiled for a processor that need not be this one.
func TestTLSScanSees(t *testing.T) {
	const source = "../findings/thread-local/twice.rs"
	for _, c := range []struct {
		cpu  string
		want []string
	}{
		{"x86-64-v4", []string{"16"}},
		{"x86-64-v3", nil},
	} {
		library := filepath.Join(t.TempDir(), "libtwice.so")
		if out, err := exec.Command("rustc", "-O", "-C", "target-cpu="+c.cpu, "-o", library, source).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		scan, err := scanTLSCalls(library)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, place := range scan.places {
			if place.function == "twice" {
				found = append(found, place.register)
			}
		}
		if !slices.Equal(found, c.want) {
			t.Errorf("for %s: found the registers %v in twice, want %v", c.cpu, found, c.want)
		}
	}
}

// TestTLSScan gives the scan code with a known answer.
func TestTLSScan(t *testing.T) {
	const tls = "call   1000 <__tls_get_addr@plt>"
	for _, c := range []struct {
		name string
		code []string
		want string
	}{
		{"kept", []string{"vmovapd %xmm0,%xmm16", tls, "vaddsd %xmm16,%xmm16,%xmm0", "ret"}, "16"},
		{"with prefixes", []string{"vmovapd %xmm0,%xmm16", "data16 " + tls, "vaddsd %xmm16,%xmm16,%xmm0", "ret"}, "16"},
		{"through the table", []string{"vmovapd %xmm0,%xmm16", "call   *0x10(%rip)        # 2000 <x>", "vaddsd %xmm16,%xmm16,%xmm0", "ret"}, "16"},
		{"another call", []string{"vmovapd %xmm0,%xmm16", "call   1000 <other>", "vaddsd %xmm16,%xmm16,%xmm0", "ret"}, ""},
		{"a lower register", []string{"vmovapd %xmm0,%xmm15", tls, "vaddsd %xmm15,%xmm15,%xmm0", "ret"}, ""},
		{"never written", []string{tls, "vcvtsi2sd %rbx,%xmm31,%xmm0", "ret"}, ""},
		{"never read", []string{"vmovapd %xmm0,%xmm16", tls, "ret"}, ""},
		{"written again", []string{"vmovapd %xmm0,%xmm16", tls, "vmovapd %xmm1,%xmm16", "vmovapd %xmm16,%xmm0", "ret"}, ""},
		{"cleared", []string{"vmovapd %xmm0,%xmm16", tls, "vpxord %zmm16,%zmm16,%zmm16", "vmovapd %xmm16,%xmm0", "ret"}, ""},
		{"written in part", []string{"vmovapd %zmm0,%zmm16", tls, "vmovapd %zmm1,%zmm16{%k1}", "ret"}, "16"},
		{"added to", []string{"vmovapd %zmm0,%zmm17", tls, "vfmadd231pd %zmm1,%zmm2,%zmm17", "ret"}, "17"},
		{"stored", []string{"vmovapd %xmm0,%xmm18", tls, "vmovups %xmm18,(%rsp)", "ret"}, "18"},
		{"an index", []string{"vmovapd %zmm0,%zmm19", tls, "vgatherqpd (%rax,%zmm19,8),%zmm1{%k1}", "ret"}, "19"},
		{"a mask", []string{"vcmppd $0x1,%zmm0,%zmm1,%k2", tls, "vmovapd %zmm1,%zmm0{%k2}{z}", "ret"}, "k2"},
		{"compared", []string{"vmovapd %xmm0,%xmm20", tls, "vucomisd %xmm1,%xmm20", "ret"}, "20"},
		{"after a jump", []string{"vmovapd %xmm0,%xmm16", tls, "jmp    4 <f+0x4>", "vmovapd %xmm1,%xmm16", "vaddsd %xmm16,%xmm16,%xmm0", "ret"}, "16"},
		{"jumped over", []string{"vmovapd %xmm0,%xmm16", tls, "jmp    4 <f+0x4>", "vaddsd %xmm16,%xmm16,%xmm0", "ret"}, ""},
		{"in a loop", []string{"vaddsd %xmm16,%xmm0,%xmm0", "vmovapd %xmm0,%xmm16", tls, "jne    0 <f>", "ret"}, "16"},
		{"after a jump to who knows where", []string{"vmovapd %xmm0,%xmm16", tls, "jmp    *%rax", "ret", "vmovapd %xmm16,%xmm0", "ret"}, "16"},
	} {
		text := "0000000000000000 <f>:\n"
		for address, line := range c.code {
			text += fmt.Sprintf("   %x:\t%s\n", address, line)
		}
		scan, err := scanListing([]byte(text), "2000")
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, place := range scan.places {
			found = append(found, place.register)
		}
		if got := strings.Join(found, " "); got != c.want {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
		}
	}
}

// tlsScan is the result for one library.
type tlsScan struct {
	calls  int // of __tls_get_addr
	places []tlsPlace
}

// tlsPlace is a value that lives across a call.
type tlsPlace struct{ function, address, register string }

func (p tlsPlace) String() string {
	return fmt.Sprintf("%s: register %s across the call at %s", p.function, p.register, p.address)
}

// scanTLSCalls disassembles the library. It misses calls of __tls_get_addr through a pointer outside the global offset
// table, and code in no symbol's range unless it belongs to the preceding symbol. A computed jump is assumed to reach
// every instruction of the function, so the scan reports too much rather than too little.
func scanTLSCalls(library string) (*tlsScan, error) {
	if _, err := os.Stat(library); err != nil { // go test sees this
		return nil, err
	}
	relocations, err := exec.Command("objdump", "-R", library).Output()
	if err != nil {
		return nil, fmt.Errorf("conform: objdump -R %s: %w", library, err)
	}
	entry := ""
	for line := range strings.Lines(string(relocations)) {
		if f := strings.Fields(line); len(f) == 3 && f[1] == "R_X86_64_GLOB_DAT" && strings.HasPrefix(f[2], "__tls_get_addr") {
			entry = strings.TrimLeft(f[0], "0")
		}
	}
	listing, err := exec.Command("objdump", "-d", "-C", "--no-show-raw-insn", library).Output()
	if err != nil {
		return nil, fmt.Errorf("conform: objdump -d %s: %w", library, err)
	}
	return scanListing(listing, entry)
}

// scanListing scans objdump's text; entry is the address of __tls_get_addr's entry in the global offset table, if there
// is one.
func scanListing(listing []byte, entry string) (*tlsScan, error) {
	var (
		scan     tlsScan
		function string
		code     []instruction
	)
	end := func() {
		scan.function(function, code)
		code = code[:0]
	}
	lines := bufio.NewScanner(bytes.NewReader(listing))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := symbolLine.FindStringSubmatch(line); m != nil {
			end()
			function = m[1]
		} else if address, text, ok := strings.Cut(line, ":\t"); ok {
			code = append(code, decode(strings.TrimSpace(address), text, entry))
		}
	}
	end()
	return &scan, lines.Err()
}

var (
	symbolLine = regexp.MustCompile(`^[0-9a-f]+ <(.*)>:$`)
	prefixes   = regexp.MustCompile(`^((data16|rex\.W|rex64|notrack|bnd|cs|ds|lock|rep|repz|repnz) +)+`)
	registers  = regexp.MustCompile(`%(?:[xyz]mm(1[6-9]|2[0-9]|3[01])|(k[0-7]))\b`)
	target     = regexp.MustCompile(`^([0-9a-f]+) <`)
	// These keep the value of their last operand, or only read it.
	keeps = regexp.MustCompile(`^(vfn?m(add|sub)|vpternlog|vperm[it]2|vpdp|vpmadd52|vdpbf16|vfixupimm|vp?scatter)`)
	reads = regexp.MustCompile(`^(vu?comis|vptest |kortest|ktest)`)
	// With the same register three times they clear it, whatever it held.
	clears = regexp.MustCompile(`^v?p?xor[a-z]*$|^vandnp|^vpsub|^kxor|^kxnor|^vpternlog`)
)

// instruction has sets of registers as bits: 0 to 15 are the vectors 16 to 31, 16 to 23 the masks.
type instruction struct {
	address               string
	reads, writes         uint32
	tls, call, ends, wild bool   // a call of __tls_get_addr; another; nothing follows; a jump to an unknown place
	jump                  string // the target's address
}

func decode(address, text, entry string) instruction {
	in := instruction{address: address}
	text, comment, _ := strings.Cut(text, "#")
	text = prefixes.ReplaceAllString(strings.TrimSpace(text), "")
	mnemonic, operands, _ := strings.Cut(text, " ")
	operands = strings.TrimSpace(operands)
	switch {
	case strings.HasPrefix(mnemonic, "call"):
		in.tls = strings.Contains(operands, "<__tls_get_addr") ||
			entry != "" && strings.HasPrefix(strings.TrimSpace(comment), entry+" ")
		in.call = !in.tls
		return in
	case strings.HasPrefix(mnemonic, "ret"), mnemonic == "ud2", mnemonic == "hlt":
		in.ends = true
		return in
	case strings.HasPrefix(mnemonic, "j"):
		in.ends = mnemonic == "jmp"
		if m := target.FindStringSubmatch(operands); m != nil {
			in.jump = m[1]
		} else {
			in.wild = strings.HasPrefix(operands, "*")
		}
		return in
	}
	all := split(operands)
	for k, operand := range all {
		inBraces := operand[strings.IndexByte(operand+"{", '{'):]
		in.reads |= set(inBraces)
		bare := strings.TrimSuffix(operand, inBraces)
		last := k == len(all)-1
		switch {
		case !last || strings.Contains(bare, "(") || reads.MatchString(mnemonic+" "):
			in.reads |= set(bare)
		default:
			in.writes |= set(bare)
			merges := strings.Contains(inBraces, "{%k") && !strings.Contains(inBraces, "{z}")
			if merges || keeps.MatchString(mnemonic) {
				in.reads |= set(bare)
			}
		}
	}
	if n := len(all); n >= 3 && all[n-1] == all[n-2] && all[n-2] == all[n-3] && clears.MatchString(mnemonic) {
		in.reads = 0
	}
	return in
}

// split cuts operands at the commas that are not within parentheses.
func split(operands string) (all []string) {
	depth, start := 0, 0
	for k, c := range operands {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				all, start = append(all, operands[start:k]), k+1
			}
		}
	}
	return append(all, operands[start:])
}

func set(operand string) (s uint32) {
	for _, m := range registers.FindAllStringSubmatch(operand, -1) {
		s |= 1 << slices.Index(registerNames, m[1]+m[2])
	}
	return s
}

var registerNames = strings.Fields("16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 k0 k1 k2 k3 k4 k5 k6 k7")

// function adds the places in a function: registers that may be written before a call and read after it.
func (scan *tlsScan) function(name string, code []instruction) {
	calls := 0
	at := map[string]int{}
	for k := range code {
		at[code[k].address] = k
		if code[k].tls {
			calls++
		}
	}
	scan.calls += calls
	if calls == 0 {
		return
	}
	follow := make([][]int, len(code))
	for k, in := range code {
		if !in.ends && k+1 < len(code) {
			follow[k] = append(follow[k], k+1)
		}
		if to, within := at[in.jump]; within {
			follow[k] = append(follow[k], to)
		}
		if in.wild {
			for to := range code {
				follow[k] = append(follow[k], to)
			}
		}
	}
	written := make([]uint32, len(code)) // before an instruction
	live := make([]uint32, len(code))    // likewise
	for changed := true; changed; {
		changed = false
		for k, in := range code {
			after := written[k] | in.writes
			if in.call {
				after = 0 // it may change them all, and the compiler knows
			}
			for _, to := range follow[k] {
				changed = changed || written[to]|after != written[to]
				written[to] |= after
			}
		}
		for k := len(code) - 1; k >= 0; k-- {
			before := code[k].reads | lives(live, follow[k])&^code[k].writes
			if code[k].call {
				before = 0
			}
			changed = changed || before != live[k]
			live[k] = before
		}
	}
	for k, in := range code {
		if in.tls {
			across := written[k] & lives(live, follow[k])
			for bit, register := range registerNames {
				if across>>bit&1 != 0 {
					scan.places = append(scan.places, tlsPlace{name, in.address, register})
				}
			}
		}
	}
}

func lives(live []uint32, follow []int) (after uint32) {
	for _, to := range follow {
		after |= live[to]
	}
	return after
}
