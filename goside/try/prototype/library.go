// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package prototype

import (
	"bufio"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Resolve returns the file that the loader must open for a library: it follows linker scripts, and finds what is given by
// name alone ("libz.so.1", "z") where the loader looks.
func Resolve(library string) (string, error) { return resolve(library, 0) }

func resolve(library string, depth int) (string, error) {
	if library == "" {
		return "", errors.New("prototype: found an empty name, want a shared library")
	}
	path, err := locate(library)
	if err != nil {
		return "", err
	}
	next, err := script(path)
	switch {
	case err != nil || next == "":
		return path, err
	case depth > 4:
		return "", fmt.Errorf("prototype: %s: linker scripts lead from one to another", library)
	}
	if near := filepath.Join(filepath.Dir(path), next); !filepath.IsAbs(next) && exists(near) {
		next = near
	}
	return resolve(next, depth+1)
}

// locate returns the path of a library that is given by path or by name.
func locate(library string) (string, error) {
	byName := !strings.ContainsRune(library, '/')
	info, err := os.Stat(library)
	switch {
	case err == nil && (!byName || !info.IsDir()):
		return filepath.Abs(library)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("prototype: %w", err)
	case !byName:
		return "", fmt.Errorf("prototype: %s does not exist%s", library, neighbours(library))
	}
	folders := loaderFolders()
	for _, name := range []string{library, "lib" + library + ".so", "lib" + library} {
		for _, folder := range folders {
			path := filepath.Join(folder, name)
			if exists(path) {
				return path, nil
			}
			if versions, _ := filepath.Glob(escapeGlob(path) + ".*"); len(versions) > 0 && strings.Contains(name, ".so") {
				slices.SortFunc(versions, func(a, b string) int { return len(a) - len(b) })
				return versions[0], nil
			}
		}
	}
	return "", fmt.Errorf("prototype: %s does not exist here, and neither %s nor lib%s.so is in the loader's folders (%s)",
		library, library, library, strings.Join(folders, ", "))
}

// neighbours names the libraries beside one that does not exist.
func neighbours(library string) string {
	entries, err := os.ReadDir(filepath.Dir(library))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if strings.Contains(e.Name(), ".so") {
			names = append(names, e.Name())
		}
	}
	if near := nearest(filepath.Base(library), names, 3); len(near) > 0 {
		return "; there is " + strings.Join(near, ", ")
	}
	return ""
}

func escapeGlob(path string) string {
	return regexp.MustCompile(`[*?\[\\]`).ReplaceAllString(path, `\$0`)
}

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// loaderFolders returns the folders where the loader looks for libraries.
func loaderFolders() []string {
	folders := filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))
	folders = append(folders, configured("/etc/ld.so.conf", 0)...)
	if triplet := machines[runtime.GOARCH].triplet; triplet != "" {
		folders = append(folders, "/lib/"+triplet, "/usr/lib/"+triplet)
	}
	folders = append(folders, "/lib64", "/usr/lib64", "/lib", "/usr/lib")
	var there []string
	for _, folder := range folders {
		if info, err := os.Stat(folder); err == nil && info.IsDir() && !slices.Contains(there, folder) {
			there = append(there, folder)
		}
	}
	return there
}

// configured reads the loader's configuration.
func configured(file string, depth int) []string {
	text, err := os.ReadFile(file)
	if err != nil || depth > 4 {
		return nil
	}
	var folders []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		switch {
		case len(fields) == 2 && fields[0] == "include":
			files, _ := filepath.Glob(fields[1])
			for _, f := range files {
				folders = append(folders, configured(f, depth+1)...)
			}
		case len(fields) == 1:
			folders = append(folders, fields[0])
		}
	}
	return folders
}

var inputs = regexp.MustCompile(`(?s)\b(?:GROUP|INPUT)\s*\(\s*([^\s(),]+)`)

// script returns the library that a linker script names, "" if the file is none.
func script(path string) (string, error) {
	head, err := begin(path)
	if err != nil || bytes.HasPrefix(head, []byte(elf.ELFMAG)) {
		return "", err
	}
	text := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAll(head, nil)
	m := inputs.FindSubmatch(text)
	if m == nil || bytes.IndexByte(head, 0) >= 0 {
		return "", nil
	}
	name := string(m[1])
	if short, ok := strings.CutPrefix(name, "-l"); ok {
		name = "lib" + short + ".so"
	}
	return name, nil
}

// begin returns the first bytes of a file.
func begin(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("prototype: %w", err)
	}
	defer func() { _ = f.Close() }()
	switch info, err := f.Stat(); {
	case err != nil:
		return nil, fmt.Errorf("prototype: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("prototype: %s is a folder, want a shared library", path)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("prototype: %s is no regular file, want a shared library", path)
	}
	head, err := io.ReadAll(bufio.NewReader(io.LimitReader(f, 4096)))
	if err != nil {
		return nil, fmt.Errorf("prototype: %s: %w", path, err)
	}
	return head, nil
}

// forms tells files by how they begin.
var forms = []struct{ begin, name string }{
	{"!<arch>\n", `a static library: link it with "cc -shared -o NAME.so -Wl,--whole-archive NAME.a"`},
	{"!<thin>\n", "a static library"},
	{"MZ", "a Windows library"},
	{"\xcf\xfa\xed\xfe", "a macOS library"},
	{"\xca\xfe\xba\xbe", "a macOS library"},
	{"\x00asm", "a WebAssembly module"},
	{"BC\xc0\xde", "LLVM bitcode"},
	{"#!", "a script"},
	{"\x1f\x8b", "a compressed file"},
	{"PK\x03\x04", "a zip archive"},
}

// open opens a library that this process can load, and returns its path.
func open(library string) (*elf.File, string, error) {
	path, err := Resolve(library)
	if err != nil {
		return nil, "", err
	}
	head, err := begin(path)
	if err != nil {
		return nil, "", err
	}
	if len(head) == 0 {
		return nil, "", fmt.Errorf("prototype: %s is empty, want a shared library", path)
	}
	if !bytes.HasPrefix(head, []byte(elf.ELFMAG)) {
		return nil, "", fmt.Errorf("prototype: %s is %s, want a shared library of ELF", path, form(path, head))
	}
	f, err := elf.Open(path)
	if err == nil {
		err = check(f, path)
	} else if short := truncated(path, head); short != nil {
		err = short
	} else {
		err = fmt.Errorf("is damaged: %w", err)
	}
	if err != nil {
		if f != nil {
			_ = f.Close()
		}
		return nil, "", fmt.Errorf("prototype: %s %w", path, err)
	}
	return f, path, nil
}

// form says what a file is that is not of ELF.
func form(path string, head []byte) string {
	for _, f := range forms {
		if bytes.HasPrefix(head, []byte(f.begin)) {
			return f.name
		}
	}
	switch filepath.Ext(path) {
	case ".c", ".cc", ".cpp", ".f90", ".f", ".rs", ".go":
		return "source code: compile it"
	case ".h":
		return "a header: give the library too"
	}
	if bytes.IndexByte(head, 0) < 0 {
		return "text"
	}
	return "no library"
}

// truncated returns an error if the file ends before its section headers.
func truncated(path string, head []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if len(head) < 64 {
		return fmt.Errorf("is cut off: it ends after %d bytes, in the ELF header", len(head))
	}
	if head[elf.EI_CLASS] != byte(elf.ELFCLASS64) || head[elf.EI_DATA] != byte(elf.ELFDATA2LSB) {
		return nil
	}
	sections := int64(0)
	for k := range 8 {
		sections |= int64(head[0x28+k]) << (8 * k)
	}
	if sections > info.Size() || sections < 0 {
		return fmt.Errorf("is cut off: it has %d bytes, and its section headers begin at %d", info.Size(), sections)
	}
	return nil
}

var elfMachines = map[string]elf.Machine{
	"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "riscv64": elf.EM_RISCV, "386": elf.EM_386, "arm": elf.EM_ARM,
	"ppc64le": elf.EM_PPC64, "s390x": elf.EM_S390, "loong64": elf.EM_LOONGARCH,
}

var machineNames = map[elf.Machine]string{
	elf.EM_X86_64: "x86-64", elf.EM_AARCH64: "arm64", elf.EM_RISCV: "riscv64", elf.EM_386: "x86", elf.EM_ARM: "arm",
	elf.EM_PPC64: "ppc64", elf.EM_S390: "s390x", elf.EM_LOONGARCH: "loong64",
}

func machineName(m elf.Machine) string {
	if name, ok := machineNames[m]; ok {
		return name
	}
	return strings.TrimPrefix(m.String(), "EM_")
}

// check says why this process cannot load a file.
func check(f *elf.File, path string) error {
	bits := map[elf.Class]int{elf.ELFCLASS32: 32, elf.ELFCLASS64: 64}[f.Class]
	if want := elfMachines[runtime.GOARCH]; f.Machine != want || bits != 64 && strings.HasSuffix(runtime.GOARCH, "64") {
		return fmt.Errorf("is for %s, %d bit, want %s", machineName(f.Machine), bits, machineName(want))
	}
	switch f.Type {
	case elf.ET_DYN:
	case elf.ET_EXEC:
		return errors.New("is a program, want a shared library")
	case elf.ET_REL:
		return errors.New(`is an object file, want a shared library: link it with "cc -shared"`)
	default:
		return fmt.Errorf("is of type %v, want a shared library", f.Type)
	}
	if flags, err := f.DynValue(elf.DT_FLAGS_1); err == nil && len(flags) > 0 && elf.DynFlag1(flags[0])&elf.DF_1_PIE != 0 {
		return errors.New("is a program (position independent), want a shared library")
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	for _, p := range f.Progs {
		if end := p.Off + p.Filesz; p.Type == elf.PT_LOAD && end > uint64(info.Size()) {
			return fmt.Errorf("is cut off: it has %d bytes, and is to be loaded up to %d", info.Size(), end)
		}
	}
	return nil
}

// Exports checks that a file is a shared library that this process can load, and returns the functions that it exports.
func Exports(library string) ([]string, error) {
	f, path, err := open(library)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	list, err := exported(f)
	if err != nil {
		return nil, fmt.Errorf("prototype: %s is damaged: %w", path, err)
	}
	names := make([]string, len(list))
	for k, s := range list {
		names[k] = s.Name
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return nil, fmt.Errorf("prototype: %s exports no functions: are they static, hidden or not linked in?", path)
	}
	return names, nil
}

// exported returns the functions that a library exports.
func exported(f *elf.File) ([]elf.Symbol, error) {
	all, err := f.DynamicSymbols()
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) {
		return nil, err
	}
	var list []elf.Symbol
	for _, s := range all {
		kind, bind, seen := elf.ST_TYPE(s.Info), elf.ST_BIND(s.Info), elf.ST_VISIBILITY(s.Other)
		function := kind == elf.STT_FUNC || kind == elf.STT_GNU_IFUNC
		outside := bind == elf.STB_GLOBAL || bind == elf.STB_WEAK || bind == elf.STB_LOOS // LOOS: unique, of GNU
		if function && outside && s.Section != elf.SHN_UNDEF && s.Name != "" && (seen == elf.STV_DEFAULT || seen == elf.STV_PROTECTED) {
			list = append(list, s)
		}
	}
	return list, nil
}
