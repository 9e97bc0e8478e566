// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

// Package fit runs toll fit: lines through each window of days of many users, by the Python driver of cpython-ext/fit on
// workers that an engine has. Each worker calls the C, Fortran or Rust kernel through an extension module.
package fit

import (
	"net"
	"path/filepath"
	"slices"
	"strings"

	"toll/goside/seam"
)

// Block is how many users are made, fitted and hashed together; a partition is a multiple of it.
const Block = 2000

// Languages are those of the kernels that workers call.
var Languages = []string{"c", "fortran", "rust"}

// Request is what is to be fitted, and how.
type Request struct {
	Rows      int    `json:"rows"` // users; 0: all of the input
	Days      int    `json:"days"` // 0: all of the input
	Window    int    `json:"window"`
	Language  string `json:"language"`
	Engine    string `json:"engine"`  // local, dask, or dask://HOST:PORT
	Workers   int    `json:"workers"` // with dask://HOST:PORT: how many to wait for, at least
	Seed      int64  `json:"seed"`
	Input     string `json:"input"`  // file or folder; "": the users are made from the seed
	Folder    string `json:"folder"` // for the results; "": they are only hashed
	Resume    bool   `json:"resume"`
	Partition int    `json:"partition"` // users of a task; 0: chosen
	Memory    int64  `json:"memory"`    // bytes that a worker may have
	Digests   bool   `json:"digests"`   // the result has those of all blocks
}

// Check returns a usage error if the request cannot be meant.
func (r *Request) Check() error {
	made := r.Input == ""
	switch host, found := strings.CutPrefix(r.Engine, "dask://"); {
	case found:
		if _, port, err := net.SplitHostPort(host); err != nil || port == "" {
			return seam.Usagef("fit: engine is %q, want dask://HOST:PORT", r.Engine)
		}
	case r.Engine != "local" && r.Engine != "dask":
		return seam.Usagef("fit: engine is %q, want local, dask or dask://HOST:PORT", r.Engine)
	}
	switch {
	case r.Rows < 0 || made && r.Rows < 1 || r.Rows > 1<<40:
		return seam.Usagef("fit: rows is %d, want 1 to 2^40", r.Rows)
	case r.Window < 2:
		return seam.Usagef("fit: window is %d days, want at least 2: a line has two unknowns", r.Window)
	case (made || r.Days != 0) && r.Days < r.Window:
		return seam.Usagef("fit: days is %d and window %d, want at least one window", r.Days, r.Window)
	case r.Days > 1<<24:
		return seam.Usagef("fit: days is %d, want at most %d", r.Days, 1<<24)
	case !slices.Contains(Languages, r.Language):
		return seam.Usagef("fit: language is %q, want one of %s", r.Language, strings.Join(Languages, ", "))
	case r.Workers < 1 || r.Workers > 1024:
		return seam.Usagef("fit: workers is %d, want 1 to 1024", r.Workers)
	case r.Seed < 0:
		return seam.Usagef("fit: seed is %d, want at least 0", r.Seed)
	case r.Partition < 0 || r.Partition%Block != 0:
		return seam.Usagef("fit: partition is %d users, want a multiple of %d, which are a block", r.Partition, Block)
	case r.Memory < 1<<20:
		return seam.Usagef("fit: memory is %d bytes a worker, want at least 1 MiB", r.Memory)
	case r.Resume && r.Folder == "":
		return seam.Usagef("fit: resume needs the folder of a run, want it as --output")
	}
	if r.Input != "" && r.Folder != "" {
		in, err := filepath.Abs(r.Input)
		out, err2 := filepath.Abs(r.Folder)
		if err == nil && err2 == nil && in == out {
			return seam.Usagef("fit: input and output are both %s, want another folder for the results", r.Folder)
		}
	}
	return nil
}

// Plan is what the driver decided before the first task.
type Plan struct {
	Rows      int               `json:"rows"`
	Days      int               `json:"days"`
	Window    int               `json:"window"`
	Block     int               `json:"block"`
	Partition int               `json:"partition"`
	Why       string            `json:"why"` // the partition: chosen, as asked for, or as in the manifest
	Tasks     int               `json:"tasks"`
	Kept      int               `json:"kept"`    // tasks that an earlier run finished
	Cost      float64           `json:"cost"`    // seconds of a worker that a task costs beside its work
	Work      float64           `json:"work"`    // seconds of a block
	Share     float64           `json:"share"`   // cost over work, of a task
	Started   float64           `json:"started"` // seconds until the workers were there
	Engine    string            `json:"engine"`
	Workers   int               `json:"workers"`
	Threads   int               `json:"threads"` // of all workers
	Pools     map[string]string `json:"pools"`   // of threads, with their sizes
	Builds    []Build           `json:"builds"`
	Header    string            `json:"header"` // hash of toll.h
	Language  string            `json:"language"`
}

// Build is what workers run.
type Build struct {
	Build   string `json:"build"`
	Python  string `json:"python"`
	NumPy   string `json:"numpy"`
	PyArrow string `json:"pyarrow"`
}

// Result is what a run did.
type Result struct {
	Plan      Plan       `json:"plan"`
	Checksum  string     `json:"checksum"`
	Fits      int64      `json:"fits"`    // of this run
	Seconds   float64    `json:"seconds"` // of the tasks, without the start
	Tasks     int        `json:"tasks"`
	Kept      int        `json:"kept"`
	Busy      float64    `json:"busy"` // seconds of all tasks
	CPU       float64    `json:"cpu"`
	Times     Times      `json:"times"`
	Written   int64      `json:"written"` // bytes
	Peak      int64      `json:"peak"`    // bytes, the sum of the peaks of all processes
	Processes int        `json:"processes"`
	Replaced  int        `json:"replaced"` // workers that ended and were replaced
	Digests   [][]Digest `json:"digests,omitempty"`
}

// Digest is the CRC-32 of a block's slopes and of its intercepts.
type Digest [2]uint32

// Times are the seconds of all tasks, by what they did.
type Times struct {
	Load  float64 `json:"load"`
	Fit   float64 `json:"fit"`
	Hash  float64 `json:"hash"`
	Write float64 `json:"write"`
}

// Rate returns fits a second.
func (r *Result) Rate() float64 {
	if r.Seconds == 0 {
		return 0
	}
	return float64(r.Fits) / r.Seconds
}

// Idle returns the share of the workers' time that was no task's: the engine's, and that of workers that had no task left.
func (r *Result) Idle() float64 {
	if r.Seconds == 0 {
		return 0
	}
	return max(0, 1-r.Busy/(r.Seconds*float64(r.Plan.Workers)))
}
