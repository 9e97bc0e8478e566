// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package profile

import (
	"cmp"
	"debug/elf"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// readPprof returns what a CPU profile of Go says of a kernel, and its number of samples. With symbols, native frames that it
// has as addresses get their names.
func readPprof(from io.Reader, kernel string, native bool, s *symbols) (*sees, int, error) {
	p, err := profile.Parse(from)
	if err != nil {
		return nil, 0, fmt.Errorf("profile: a CPU profile of Go: %w", err)
	}
	count, spent := -1, -1
	for k, of := range p.SampleType {
		switch of.Unit {
		case "count":
			count = k
		case "nanoseconds":
			spent = k
		}
	}
	if count < 0 || spent < 0 {
		return nil, 0, fmt.Errorf("profile: a CPU profile of Go has %d types of samples, want samples/count and cpu/nanoseconds", len(p.SampleType))
	}
	named, seen, samples := kernelNamed(kernel), &sees{}, 0
	for _, of := range p.Sample {
		*seen.place(framesOf(of, s), named, native) += float64(of.Value[spent])
		samples += int(of.Value[count])
	}
	return seen, samples, nil
}

// framesOf returns the names of a sample's functions, the innermost first; "" of one that is not known.
func framesOf(of *profile.Sample, s *symbols) []string {
	var all []string
	for _, l := range of.Location {
		for _, line := range l.Line { // of native code Go writes one without a name
			name := line.Function.Name
			if m := l.Mapping; name == "" && s != nil && m != nil {
				name = s.find(m.File, l.Address-m.Start+m.Offset)
			}
			all = append(all, name)
		}
	}
	return all
}

// place returns where a sample of Go belongs. native says that the kernel is not written in Go: then a Go function of its name is no
// sight of it.
func (s *sees) place(frames []string, named *regexp.Regexp, native bool) *float64 {
	has := func(part string) bool {
		return slices.ContainsFunc(frames, func(name string) bool { return strings.HasSuffix(name, part) })
	}
	inGo := func(name string) bool { return strings.Contains(name, "/") || strings.Contains(name, ".(") }
	of := func(name string) bool {
		if !native {
			return strings.HasPrefix(name, goKernel)
		}
		return !inGo(name) && named.MatchString(name)
	}
	switch {
	case slices.ContainsFunc(frames, of):
		return &s.named
	case has(goCall):
		return &s.call
	case has(goOwn):
		return &s.own
	}
	return &s.outside
}

// symbols are the functions of files, by where they lie in them.
type symbols struct{ files map[string][]symbol }

type symbol struct {
	from, to uint64 // offsets in the file
	name     string
}

// find returns the name of the function at an offset of a file, "" if that is not known.
func (s *symbols) find(file string, offset uint64) string {
	all, known := s.files[file]
	if !known {
		all = readSymbols(file)
		if s.files == nil {
			s.files = map[string][]symbol{}
		}
		s.files[file] = all
	}
	k, found := slices.BinarySearchFunc(all, offset, func(of symbol, at uint64) int { return cmp.Compare(of.from, at) })
	if !found {
		k--
	}
	if k >= 0 && offset < all[k].to {
		return all[k].name
	}
	return ""
}

// readSymbols returns the functions of an ELF file, by their offsets; none of what is no such file.
func readSymbols(file string) []symbol {
	f, err := elf.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	all, _ := f.Symbols()
	dynamic, _ := f.DynamicSymbols()
	var found []symbol
	for _, of := range append(all, dynamic...) {
		if elf.ST_TYPE(of.Info) != elf.STT_FUNC || of.Size == 0 {
			continue
		}
		for _, part := range f.Progs {
			if part.Type == elf.PT_LOAD && part.Vaddr <= of.Value && of.Value < part.Vaddr+part.Filesz {
				from := of.Value - part.Vaddr + part.Off
				found = append(found, symbol{from, from + of.Size, of.Name})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b symbol) int { return cmp.Compare(a.from, b.from) })
	return found
}
