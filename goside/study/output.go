// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package study

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"toll/goside/measure"
	"toll/goside/record"
)

// Output is a file that a command will write when its work is done; that it can be written is tried out before. A
// file is written beside itself and takes its name when it is whole, so that what was there stays if anything fails.
// What is no file, such as a device or a pipe, is opened at once and written into.
type Output struct {
	path   string
	target string      // the file, behind symbolic links
	mode   fs.FileMode // of the file that is there; 0: there is none

	stream io.Writer // standard output or error, if it is that
	file   *os.File  // what is written into, as nothing can take its place
	empty  bool      // it, before

	spare string // name of the record if it must be written elsewhere
}

// openRecord opens the output for the record of a study, by default in build/results.
func (lab *Lab) openRecord(study string) (*Output, error) {
	spare := study + lab.started.UTC().Format("-20060102T150405Z.txt")
	file := lab.Output
	if file == "" {
		file = filepath.Join(Results, spare)
	}
	o, err := OpenOutput(lab.Stdout, lab.Stderr, file)
	if err == nil && o.file == nil && o.stream == nil {
		err = o.try(room)
	}
	if err != nil {
		return nil, fmt.Errorf("the record cannot be written: %w", err)
	}
	o.spare = spare
	return o, nil
}

// OpenOutput opens a file that is to be written later; stdout and stderr stand for the process's own. It makes the folder,
// too. A named pipe it opens when there is a reader.
func OpenOutput(stdout, stderr io.Writer, path string) (*Output, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	o := &Output{path: path}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		o.target = path
		return o, o.try(0)
	}
	info, err := os.Stat(path) // fails for a link to a file that is not there
	regular := err == nil && info.Mode().IsRegular()
	is := func(file *os.File) bool {
		other, bad := file.Stat()
		return err == nil && bad == nil && os.SameFile(info, other)
	}
	switch { // opened again, it would be overwritten from its beginning
	case is(os.Stdout):
		o.stream = stdout
		return o, nil
	case is(os.Stderr):
		o.stream = stderr
		return o, nil
	}
	if o.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666); err != nil {
		return nil, err
	}
	if o.empty = regular; !regular {
		return o, nil
	}
	if o.target, err = filepath.EvalSymlinks(path); err == nil && o.try(0) == nil {
		o.mode = info.Mode().Perm()
		err = o.file.Close()
		o.file = nil
		return o, err
	}
	return o, nil // in a folder in which nothing can be made
}

// mostOfName is how much of a file's name is in that of the file beside it, since names must not be too long.
const mostOfName = 200

// beside makes an empty file beside the target.
func (o *Output) beside() (*os.File, error) {
	of := filepath.Base(o.target)
	name := fmt.Sprintf(".%s.%016x", of[:min(len(of), mostOfName)], rand.Uint64())
	return os.OpenFile(filepath.Join(filepath.Dir(o.target), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// room is how many bytes there must be room for before a study begins; few records are larger.
const room = 1 << 20

// try makes sure that a file of so many bytes can be made beside the target.
func (o *Output) try(bytes int) error {
	file, err := o.beside()
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, bytes))
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

// Write writes all of it, once.
func (o *Output) Write(text []byte) error {
	switch {
	case o.stream != nil:
		_, err := o.stream.Write(text)
		return err
	case o.file != nil:
		if o.empty {
			if err := o.file.Truncate(0); err != nil {
				return err
			}
		}
		_, err := o.file.Write(text)
		return errors.Join(err, o.file.Close())
	}
	return o.replace(text, true)
}

// replace writes the file beside itself, and then gives it its name. If it is to last, that is only when it is on the disk, so that
// no power cut makes it empty.
func (o *Output) replace(text []byte, last bool) error {
	file, err := o.beside()
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil && last {
		err = file.Sync()
	}
	if err == nil && o.mode != 0 {
		err = file.Chmod(o.mode)
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), o.target)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// Results is the folder for what is made.
var Results = filepath.Join("build", "results")

// writeRecord writes a record, compressed if the path ends in .gz, and reads it back. If it cannot be written where it
// should, it is written elsewhere, and the error says where; path is where it is, or "".
func (o *Output) writeRecord(facts []measure.Fact, declared []string, series []measure.Series) (rec *record.Record, path string, err error) {
	var b bytes.Buffer
	if err := record.Write(&b, facts, declared, runtime.GOMAXPROCS(0), series); err != nil {
		return nil, "", err
	}
	text, spare := b.Bytes(), o.spare
	if strings.HasSuffix(o.path, ".gz") {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err := z.Write(text)
		if err = errors.Join(err, z.Close()); err != nil {
			return nil, "", err
		}
		text, spare = packed.Bytes(), spare+".gz"
	}
	path = o.path
	if err = o.Write(text); err != nil {
		path = ""
		for _, folder := range []string{Results, os.TempDir()} {
			instead := &Output{target: filepath.Join(folder, spare)}
			if os.MkdirAll(folder, 0o755) == nil && instead.Write(text) == nil {
				path = instead.target
				break
			}
		}
		if path == "" {
			err = fmt.Errorf("the record is not kept, neither in %s nor in %s nor in %s: %w", o.path, Results, os.TempDir(), err)
		} else {
			err = fmt.Errorf("the record is in %s instead of %s: %w", path, o.path, err)
		}
	}
	rec, unread := record.Read(&b, o.path)
	return rec, path, errors.Join(err, unread)
}

// drawBeside draws the pictures of a record beside it, or in build/results if it is no file.
func (s *Study) drawBeside(w io.Writer, r *record.Record, file string) error {
	folder := Results
	if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
		folder = filepath.Dir(file)
	}
	files, err := s.Draw(r, folder)
	for _, file := range files {
		fmt.Fprintf(w, "Picture: %s\n", file)
	}
	return err
}
