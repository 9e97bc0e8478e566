// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package dl

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"toll/goside/seam"
)

// FileError is the error of a library's file that the loader refuses, or that would end the process while it is loaded.
type FileError struct{ Path, Found, Want string }

func (e *FileError) Error() string { return fmt.Sprintf("%s %s, want %s", e.Path, e.Found, e.Want) }

// inspect returns what is wrong with a library's file. The loader maps what the file's headers say, and the process gets a SIGBUS
// if the file is shorter; for another machine's library it says that there is no such file. Without a slash in path it is the
// loader that seeks the file, and nothing is inspected.
func inspect(path string) error {
	machine, known := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}[runtime.GOARCH]
	if runtime.GOOS != "linux" || !known || !strings.Contains(path, "/") {
		return nil
	}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // the loader says so
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	wrong := func(found, want string, values ...any) error {
		return &FileError{path, fmt.Sprintf(found, values...), want}
	}
	if !info.Mode().IsRegular() {
		return wrong("is no file (%v)", "a library", info.Mode().Type())
	}
	var head elf.Header64
	cutShort := func(needs uint64) error {
		return wrong("has %d bytes", fmt.Sprintf("%d, as its headers say: it was cut short", needs), info.Size())
	}
	start := make([]byte, binary.Size(head))
	n, err := io.ReadFull(file, start)
	switch {
	case n == 0:
		return wrong("is empty", "a library")
	case !bytes.HasPrefix(start, []byte(elf.ELFMAG)):
		return wrong("begins with %q", fmt.Sprintf("%q, a library", elf.ELFMAG), start[:min(n, 4)])
	case errors.Is(err, io.ErrUnexpectedEOF):
		return cutShort(uint64(len(start)))
	case err != nil:
		return err
	}
	_, _ = binary.Decode(start, binary.LittleEndian, &head) // there are enough bytes
	class, found := elf.Class(start[elf.EI_CLASS]), elf.Machine(head.Machine)
	if data := elf.Data(start[elf.EI_DATA]); class != elf.ELFCLASS64 || data != elf.ELFDATA2LSB || found != machine {
		return wrong("is for %v (%v, %v)", fmt.Sprintf("%v (%v, %v), as this program is", machine, elf.ELFCLASS64, elf.ELFDATA2LSB), found, class, data)
	}
	if kind := elf.Type(head.Type); kind != elf.ET_DYN {
		return wrong("is of type %v", elf.ET_DYN.String()+", a shared library", kind)
	}
	for k := range uint64(head.Phnum) {
		var segment elf.Prog64
		at := head.Phoff + k*uint64(head.Phentsize)
		if err := binary.Read(io.NewSectionReader(file, int64(at), int64(binary.Size(segment))), binary.LittleEndian, &segment); err != nil {
			return cutShort(at + uint64(binary.Size(segment)))
		}
		size := uint64(info.Size())
		if elf.ProgType(segment.Type) == elf.PT_LOAD && (segment.Filesz > size || segment.Off > size-segment.Filesz) {
			return cutShort(segment.Off + segment.Filesz)
		}
	}
	return nil
}

// Unloadable is the error of a crossing whose library, that is there, does not load. It is seam.ErrUnavailable only if another
// library is missing that this one needs: what is there and wrong may not be skipped.
func Unloadable(crossing, path string, err error) error {
	file := filepath.Base(path)
	if wrong := inspect(path); wrong == nil && (runtime.GOOS != "linux" || strings.Contains(err.Error(), "No such file")) {
		return fmt.Errorf("%s: %w: %s does not load: %w", crossing, seam.ErrUnavailable, file, err)
	}
	return fmt.Errorf("%s: %s does not load: %w: run %s", crossing, file, err, seam.Mend)
}
