// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faults

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"

	"toll/goside/seam"
	"toll/goside/via/faulty"
	crossing "toll/goside/via/purego"
)

var (
	// opens are the crossings that open a file of machine code at run time, files those that open any.
	opens = slices.Concat(faulty.Within, faulty.Beside)
	files = slices.Concat(faulty.Within, []string{"wasm"}, faulty.Beside)
)

// libraryFaults are those of a library's file. Some are called slow, since tests of goside/via commit them, too.
var libraryFaults = []Fault{
	{
		Name: "missing", On: files, Open: opening(func(*file) error { return nil }),
		About: "The library is not there when it is opened.",
	},
	{
		Name: "empty", On: files, Open: opening(func(f *file) error { return f.write(nil) }), Slow: true,
		About: "The file is empty, as after a full disk.",
	},
	{
		Name: "cut short", On: files, Open: opening(func(f *file) error { return f.write(f.good[:len(f.good)/2]) }),
		About: "Half of the file is there. To the loader of the C library that is a whole one: it maps what is not there, and the " +
			"process gets SIGBUS, as a worker does here. Toll reads the headers first.",
	},
	{
		Name: "no library", On: files, Open: opening(func(f *file) error { return f.write([]byte("this is a text\n")) }), Slow: true,
		About: "The file is something else.",
	},
	{
		Name: "another machine's", On: opens, Open: opening(func(f *file) error { return f.write(f.foreign()) }),
		About: "The library is for another architecture. The loader of the C library says that there is no such file.",
	},
	{
		Name: "unreadable", On: files, Open: opening((*file).unreadable),
		About: "The file's permissions forbid to read it.",
	},
	{
		Name: "other version", On: opens, Open: opening(wrong("libother_version.so")),
		About: "The library has another version of Toll's binary interface.",
	},
	{
		Name: "larger table", On: opens, Open: opening(wrong("libother_size.so")), Slow: true,
		About: "The library's table is larger than this program's.",
	},
	{
		Name: "other header", On: opens, Open: opening(wrong("libother_header.so")), Slow: true,
		About: "The library was built of another `toll.h`.",
	},
	{
		Name: "missing symbol", On: opens, Open: opening(wrong("libno_symbol.so")),
		About: "The library lacks the function that is looked up.",
	},
	{
		Name: "missing dependency", On: opens, Open: opening((*file).needsMore), Slow: true,
		About: "The library needs another one that is not there. Only this and a missing file make a route unavailable; the other " +
			"faults above make it fail.",
	},
	{
		Name: "constructor crashes", On: opens, Open: opening((*file).crashes),
		About: "What the loader runs in the library at its opening reads address 0x10.",
	},
	{
		Name: "constructor flushes", On: []string{"purego"}, Open: flushing,
		About: "What the loader runs flushes subnormals to zero, as `-Ofast` has it. Toll puts the thread back and notes it.",
	},
	{
		Name: "deleted", On: files, Open: inUse(func(f *file) error { return os.Remove(f.path) }, false),
		About: "The file is deleted while the library is in use. What is mapped stays.",
	},
	{
		Name: "deleted, opened again", On: files, Open: inUse(func(f *file) error { return os.Remove(f.path) }, true), Slow: true,
		About: "The same; then the library is opened a second time.",
	},
	{
		Name: "replaced", On: files, Open: inUse(func(f *file) error { return f.replace(f.foreign()) }, false),
		About: "Another file takes its name, by `rename`, as an installer does it. What is mapped stays.",
	},
	{
		Name: "replaced, opened again", On: opens, Open: inUse(func(f *file) error { return f.replace(f.foreign()) }, true),
		About: "The same; then it is opened a second time, and refused. Of a library that it accepts, Toll would get the old one: the loader " +
			"knows its name, and does not look at the file. So Toll closes a library that it refuses, and a better one can take its path.",
	},
	{
		Name: "truncated", On: files, Open: inUse(func(f *file) error { return os.Truncate(f.path, 0) }, false),
		About: "The file is truncated while the library is in use: its pages are gone. A worker dies, and the next starts once the " +
			"file is back.",
	},
	{
		Name: "overwritten", On: files, Open: inUse(func(f *file) error { return f.write(bytes.Repeat([]byte{0xf4}, len(f.good))) }, false),
		About: "Another file is written over it, as `cp` does: the code changes under the program. Install by `rename`, or remove first.",
	},
	{
		Name: "overwritten by itself", On: files, Open: inUse(func(f *file) error { return f.write(f.good) }, false), Slow: true,
		About: "The same file is written over it. Addresses that the loader had filled in are gone. What needs them crashes, as a worker " +
			"does; this kernel, called within the program, does not.",
	},
}

// file is the library that a crossing opens, in a folder of its own.
type file struct {
	path string
	good []byte
}

// newFile returns the library of a crossing in a new folder, without it, and with what else the crossing needs.
func newFile(via string) (*file, error) {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	name := "libtoll_c.so"
	if via == "wasm" {
		name = "toll_c.wasm"
	}
	from, err := found(name)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"toll-worker-c", "libtoll_calls.so"} {
		from, err := found(name)
		if err != nil {
			return nil, err
		}
		if err := os.Symlink(from, filepath.Join(folder, name)); err != nil {
			return nil, err
		}
	}
	good, err := os.ReadFile(from)
	return &file{filepath.Join(folder, name), good}, err
}

// found returns the path of what was built, of which nothing may be missing.
func found(name string) (string, error) {
	path, err := seam.FindLibrary(name)
	if err != nil {
		return "", errors.New(err.Error()) // not ErrUnavailable
	}
	return path, nil
}

func (f *file) write(b []byte) error { return os.WriteFile(f.path, b, 0o644) }

// replace puts another file in its place.
func (f *file) replace(b []byte) error {
	if err := os.WriteFile(f.path+".new", b, 0o644); err != nil {
		return err
	}
	return os.Rename(f.path+".new", f.path)
}

// use makes this process open the file.
func (f *file) use() error { return os.Setenv("TOLL_LIB", filepath.Dir(f.path)) }

// foreign returns the library as if it were for another architecture.
func (f *file) foreign() []byte {
	b := slices.Clone(f.good)
	machine := elf.EM_AARCH64
	if runtime.GOARCH == "arm64" {
		machine = elf.EM_X86_64
	}
	binary.LittleEndian.PutUint16(b[18:], uint16(machine))
	return b
}

// unreadable makes it so, even to root: on this thread, and in what it starts.
func (f *file) unreadable() error {
	if err := f.write(f.good); err != nil {
		return err
	}
	if err := os.Chmod(f.path, 0); err != nil || os.Getuid() != 0 {
		return err
	}
	const readsAll = 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_DAC_READ_SEARCH
	var have [2]unix.CapUserData
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	if err := unix.Capget(&head, &have[0]); err != nil {
		return err
	}
	have[0].Effective &^= readsAll
	have[0].Permitted &^= readsAll
	have[0].Inheritable &^= readsAll
	return errors.Join(
		unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_OVERRIDE, 0, 0, 0),
		unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_DAC_READ_SEARCH, 0, 0, 0),
		unix.Capset(&head, &have[0]))
}

// needsMore writes the library with another name in place of the C library's among those that it needs.
func (f *file) needsMore() error {
	b := bytes.ReplaceAll(f.good, []byte("\x00libc.so.6\x00"), []byte("\x00libc.so.x\x00"))
	if bytes.Equal(b, f.good) {
		return errors.New("the library does not need libc.so.6")
	}
	return f.write(b)
}

// crashes writes the library with another address of its first constructor.
func (f *file) crashes() error {
	library, err := elf.NewFile(bytes.NewReader(f.good))
	if err != nil {
		return err
	}
	dynamic := library.SectionByType(elf.SHT_DYNAMIC)
	if dynamic == nil {
		return errors.New("the library has no section .dynamic")
	}
	b := slices.Clone(f.good)
	for at := dynamic.Offset; at < dynamic.Offset+dynamic.Size; at += 16 {
		if elf.DynTag(binary.LittleEndian.Uint64(b[at:])) == elf.DT_INIT {
			binary.LittleEndian.PutUint64(b[at+8:], 0x10) // from where it is loaded: the middle of its headers
			return f.write(b)
		}
	}
	return fmt.Errorf("%w: the library has no DT_INIT", seam.ErrUnavailable)
}

// wrong returns what writes one of the libraries that are wrong on purpose.
func wrong(name string) func(*file) error {
	return func(f *file) error {
		from, err := seam.FindLibrary("wrong/" + name)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		return f.write(b)
	}
}

// opening returns a subject that opens a bad library, while another, good one is open. Afterwards that is put in its place.
func opening(spoil func(*file) error) func(via string) (*Subject, error) {
	return func(via string) (*Subject, error) {
		good, err := newFile(via)
		if err != nil {
			return nil, err
		}
		bad, err := newFile(via)
		if err == nil {
			err = good.write(good.good)
		}
		if err == nil {
			err = spoil(bad)
		}
		if err == nil {
			err = good.use()
		}
		if err != nil {
			return nil, err
		}
		right := stepCheck()
		l, err := faulty.Open(via)
		if err != nil {
			return nil, err
		}
		return &Subject{
			Call: func() error {
				if l == nil {
					return errors.New("it is not open")
				}
				return right(l)
			},
			Commit: func() (err error) {
				if err := bad.use(); err != nil {
					return err
				}
				if l, err = faulty.Open(via); err == nil {
					return fmt.Errorf("%w: it was opened", errWrong)
				}
				return err
			},
			Reopen: func() (err error) {
				if err := bad.replace(bad.good); err != nil {
					return err
				}
				l, err = faulty.Open(via)
				return err
			},
		}, nil
	}
}

// inUse returns a subject that calls after something was done to its library, or that opens that again.
func inUse(spoil func(*file) error, again bool) func(via string) (*Subject, error) {
	return func(via string) (*Subject, error) {
		f, err := newFile(via)
		if err == nil {
			err = f.write(f.good)
		}
		if err == nil {
			err = f.use()
		}
		if err != nil {
			return nil, err
		}
		right := stepCheck()
		l, err := faulty.Open(via)
		if err != nil {
			return nil, err
		}
		return &Subject{
			Call: func() error { return right(l) },
			Commit: func() error {
				if err := spoil(f); err != nil {
					return err
				}
				if again {
					_, err := faulty.Open(via)
					return err
				}
				return right(l)
			},
			Reopen: func() error { return f.replace(f.good) }, // and no more: a crossing that needs it opens it
		}, nil
	}
}

// flushing opens a library whose constructor changes the thread.
func flushing(via string) (*Subject, error) {
	right := stepCheck()
	path, err := found("libtoll_c.so")
	if err == nil {
		err = os.Setenv("TOLL_LIB", filepath.Dir(path))
	}
	if err != nil {
		return nil, err
	}
	l, err := faulty.Open(via)
	if err != nil {
		return nil, err
	}
	return &Subject{
		Call:   func() error { return right(l) },
		Commit: func() error { return crossing.Load("wrong/libflushes.so") },
	}, nil
}
