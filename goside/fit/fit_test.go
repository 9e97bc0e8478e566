// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package fit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"toll/goside/seam"
	"toll/goside/study/studytest"
)

// small is a request that takes milliseconds: three blocks, the last of which is not whole.
var small = Request{Rows: 5000, Days: 40, Window: 9, Language: "c", Engine: "local", Workers: 1, Seed: 7, Memory: 1 << 30, Digests: true}

// long is one of ten tasks that take long enough for something to happen meanwhile.
var long = Request{Rows: 40000, Days: 250, Window: 14, Language: "c", Engine: "local", Workers: 2, Seed: 3, Memory: 1 << 30, Partition: 4000}

func run(t *testing.T, r Request, w Watch) *Result {
	t.Helper()
	result, err := Run(t.Context(), r, w)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func reference(t *testing.T, r Request) string {
	t.Helper()
	want, _, err := Reference(r.Rows, r.Days, r.Window, r.Seed)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// TestOneChecksum: the fits have the bits of Go's kernel by every engine, language, partition and number of workers.
func TestOneChecksum(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	want, digests, err := Reference(small.Rows, small.Days, small.Window, small.Seed)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		language, engine   string
		workers, partition int
		folder             bool
	}{
		{"c", "local", 1, 0, false},
		{"fortran", "local", 1, 2000, true},
		{"rust", "local", 2, 4000, true},
		{"c", "dask", 1, 2000, true},
		{"fortran", "dask", 2, 6000, false},
		{"rust", "dask", 2, 2000, false},
	} {
		t.Run(fmt.Sprintf("%s on %s, %d workers, partition %d", c.language, c.engine, c.workers, c.partition), func(t *testing.T) {
			r := small
			r.Language, r.Engine, r.Workers, r.Partition = c.language, c.engine, c.workers, c.partition
			if c.folder {
				r.Folder = filepath.Join(t.TempDir(), "fits")
			}
			got := run(t, r, Watch{})
			if got.Checksum != want {
				t.Errorf("the checksum is %s, Go's kernel has %s", got.Checksum, want)
			}
			k := 0
			for _, part := range got.Digests {
				for _, digest := range part {
					if k < len(digests) && digest != digests[k] {
						t.Errorf("block %d has the digest %08x, want %08x", k, digest, digests[k])
					}
					k++
				}
			}
			if k != len(digests) || got.Fits != int64(r.Rows*(r.Days-r.Window+1)) {
				t.Errorf("%d blocks and %d fits, want %d and %d", k, got.Fits, len(digests), r.Rows*(r.Days-r.Window+1))
			}
			if c.folder {
				written(t, r)
			}
		})
	}
}

// written checks the files of a run by another reader: a line's days, user and fit, recomputed by NumPy.
func written(t *testing.T, r Request) {
	t.Helper()
	python(t, `
import sys, numpy as np, pyarrow.parquet as pq
from toll.fit._data import Made
folder, rows, days, window, seed = sys.argv[1], *map(int, sys.argv[2:])
table = pq.read_table(folder, columns=["user", "last_day", "slope", "intercept"]).to_pandas()
assert len(table) == rows * (days - window + 1), len(table)
assert not table.duplicated(["user", "last_day"]).any()
y, users = np.empty((days, 2000)), np.empty(2000, dtype=np.int64)
Made(seed).load(y, users, 0, 2000)
for user, last in ((0, window - 1), (17, days - 1), (1999, 20)):
    line = table[(table.user == user) & (table.last_day == last)].iloc[0]
    slope, intercept = np.polyfit(np.arange(window), y[last - window + 1 : last + 1, user], 1)
    assert abs(line.slope - slope) < 1e-12 and abs(line.intercept - intercept) < 1e-12, (user, last, line, slope, intercept)
`, r.Folder, fmt.Sprint(r.Rows), fmt.Sprint(r.Days), fmt.Sprint(r.Window), fmt.Sprint(r.Seed))
}

// python runs a program in the driver's environment.
func python(t *testing.T, program string, args ...string) {
	t.Helper()
	interpreter, err := find()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(interpreter, append([]string{"-I", "-c", program}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestKilledWorker: a worker that is killed is replaced, its task is done again, and no bit changes.
func TestKilledWorker(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	want := reference(t, long)
	for _, engine := range []string{"local", "dask"} {
		r := long
		r.Engine, r.Folder = engine, filepath.Join(t.TempDir(), "fits")
		killed := 0
		got := run(t, r, Watch{Task: func(_, _, pid int) {
			if killed++; killed == 2 {
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
					t.Error(err)
				}
			}
		}})
		if got.Checksum != want || got.Replaced != 1 || got.Tasks != 10 {
			t.Errorf("%s: checksum %s, %d workers replaced, %d tasks; want %s, 1 and 10", engine, got.Checksum, got.Replaced, got.Tasks, want)
		}
		if left, _ := filepath.Glob(filepath.Join(r.Folder, "*.tmp")); engine == "local" && len(left) > 1 {
			t.Errorf("%s: left are %q, want at most that of the worker that was killed", engine, left)
		}
	}
}

// TestResume kills the driver and all workers, then does what is missing, and nothing else, by another engine and language.
func TestResume(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	r := long
	r.Engine, r.Folder = "dask", filepath.Join(t.TempDir(), "fits")
	_, err := Run(t.Context(), r, Watch{Task: func(done, _, pid int) {
		if done == 3 {
			group, err := syscall.Getpgid(pid)
			if err != nil || group == syscall.Getpgrp() {
				t.Errorf("the worker's group is %d, error %v", group, err)
				return
			}
			_ = syscall.Kill(-group, syscall.SIGKILL)
		}
	}})
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("error %v, want one that says that the driver was killed", err)
	}
	had := map[string]time.Time{}
	files, _ := filepath.Glob(filepath.Join(r.Folder, "part-*.parquet"))
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		had[file] = info.ModTime()
	}
	if len(had) < 3 || len(had) == 10 {
		t.Fatalf("%d partitions are finished, want some", len(had))
	}
	t.Run("refused", func(t *testing.T) {
		other := r
		for _, c := range []struct {
			change func(*Request)
			want   string
		}{
			{func(r *Request) {}, "has the manifest of an earlier run: give --resume"},
			{func(r *Request) { r.Resume, r.Window = true, 7 }, "window is 7, in the manifest of " + r.Folder + " it is 14"},
			{func(r *Request) { r.Resume, r.Partition = true, 8000 }, "partition is 8000, in the manifest of " + r.Folder + " it is 4000"},
			{func(r *Request) { r.Resume, r.Folder = true, t.TempDir() }, "has no manifest"},
		} {
			other = r
			other.Engine, other.Workers = "local", 1
			c.change(&other)
			usage(t, other, c.want)
		}
	})
	r.Engine, r.Language, r.Resume, r.Partition = "local", "rust", true, 0
	got := run(t, r, Watch{})
	if got.Checksum != reference(t, r) || got.Kept != len(had) || got.Tasks != 10-len(had) {
		t.Errorf("checksum %s, kept %d, done %d; want %s, %d and the rest of 10", got.Checksum, got.Kept, got.Tasks, reference(t, r), len(had))
	}
	for file, at := range had {
		if info, err := os.Stat(file); err != nil || !info.ModTime().Equal(at) {
			t.Errorf("%s was written again (%v)", file, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(r.Folder, "*.tmp")); left != nil {
		t.Errorf("left are %q", left)
	}
	python(t, `open(__import__("sys").argv[1], "r+b").truncate(1000)`, files[0])
	if got := run(t, r, Watch{}); got.Tasks != 1 || got.Checksum != reference(t, r) {
		t.Errorf("with a partition cut off, %d tasks were done again, checksum %s, want 1", got.Tasks, got.Checksum)
	}
}

// usage runs a request that must be refused as wrong usage, with these words.
func usage(t *testing.T, r Request, want string) {
	t.Helper()
	_, err := Run(t.Context(), r, Watch{})
	if _, ok := errors.AsType[seam.UsageError](err); !ok || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one of usage with %q", err, want)
	}
}

// TestStop: what is finished when the run is told to stop stays.
func TestStop(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	ctx, stop := context.WithCancel(t.Context())
	r := long
	r.Folder = filepath.Join(t.TempDir(), "fits")
	_, err := Run(ctx, r, Watch{Task: func(done, _, _ int) {
		if done == 2 {
			stop()
		}
	}})
	if !errors.Is(err, ErrStopped) {
		t.Fatalf("error %v, want %v", err, ErrStopped)
	}
	if files, _ := filepath.Glob(filepath.Join(r.Folder, "part-*.parquet")); len(files) < 2 {
		t.Errorf("%d partitions are there, want at least 2", len(files))
	}
}

// TestInput reads the users that are made from a seed, in files whose row groups match no block, and refuses others.
func TestInput(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	folder := t.TempDir()
	python(t, `
import os, sys, numpy as np, pyarrow as pa, pyarrow.parquet as pq
from toll.fit._data import Made
folder = sys.argv[1]
parts = []
for block in range(3):
    y, users = np.empty((40, 2000)), np.empty(2000, dtype=np.int64)
    Made(7).load(y, users, 2000 * block, 2000)
    parts.append(pa.table({"user": users, **{f"day{d}": y[d].copy() for d in range(40)}}))
table = pa.concat_tables(parts).slice(0, 5000)
def write(name, table, **more):
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    pq.write_table(table, os.path.join(folder, name), **more)
write("good/a.parquet", table.slice(0, 1500), row_group_size=700)
write("good/b.parquet", table.slice(1500), row_group_size=1100)
def put(column, row, value):
    values = table.column(column).to_pylist()
    values[row] = value
    return table.set_column(table.column_names.index(column), column, pa.array(values, pa.float64()))
write("nan.parquet", put("day3", 1234, float("nan")), row_group_size=1000)
write("null.parquet", put("day5", 2345, None), row_group_size=1000)
write("float.parquet", table.set_column(2, "day1", table.column("day1").cast(pa.float32())))
write("noname.parquet", table.drop_columns(["user"]))
write("mixed/a.parquet", table)
write("mixed/b.parquet", table.drop_columns(["day39"]))
write("group.parquet", pa.concat_tables([table] * 30), row_group_size=200000)
open(os.path.join(folder, "text.parquet"), "w").write("user,day0\n1,2\n")
os.mkdir(os.path.join(folder, "empty"))
`, folder)
	r := small
	r.Rows, r.Days, r.Seed = 0, 0, 0
	r.Input, r.Workers = filepath.Join(folder, "good"), 2
	if got, want := run(t, r, Watch{}), reference(t, small); got.Checksum != want || got.Plan.Rows != small.Rows {
		t.Errorf("the checksum is %s of %d users, want %s of %d", got.Checksum, got.Plan.Rows, want, small.Rows)
	}
	for name, want := range map[string]string{
		"nan.parquet":    "nan.parquet: column day3, row 1234 (from 0) is nan",
		"null.parquet":   "null.parquet: column day5, row 2345 (from 0) is null",
		"float.parquet":  "column day1 is float, want double",
		"noname.parquet": "the columns are day0 double, day1 double, day2 double, … (40 in all), want user int64",
		"mixed":          "b.parquet has 40 columns",
		"text.parquet":   "want a file in Parquet",
		"empty":          "has no file that ends in .parquet",
		"none.parquet":   "none.parquet",
	} {
		r.Input, r.Workers = filepath.Join(folder, name), 1
		usage(t, r, want)
	}
	r.Input, r.Memory = filepath.Join(folder, "group.parquet"), 230<<20
	usage(t, r, "row group 0 of "+r.Input+" has 150,000 users x 40 days")
	r.Input, r.Memory, r.Rows = filepath.Join(folder, "good"), 1<<30, 6000
	usage(t, r, "has 5,000 users, --rows asks for 6,000")
}

// TestTooLarge: what no worker's memory can hold is refused before a worker starts, with the size that fits.
func TestTooLarge(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	r := small
	r.Days = 200_000
	usage(t, r, "a block of 2,000 users x 200,000 days needs")
	usage(t, r, "want at most ")
}

// TestSchedulers: none is there, another program is, or it goes away.
func TestSchedulers(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	r := long
	r.Engine, r.Workers = "dask://"+free(t), 1
	if _, err := Run(t.Context(), r, Watch{}); !errors.Is(err, seam.ErrUnavailable) || !strings.Contains(err.Error(), "no Dask scheduler answers at 127.0.0.1") {
		t.Errorf("error %v, want one that says that no scheduler is there", err)
	}
	address := free(t)
	interpreter, err := find()
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(address)
	dask := filepath.Join(filepath.Dir(interpreter), "dask")
	scheduler := started(t, dask, "scheduler", "--host", host, "--port", port, "--no-dashboard")
	started(t, dask, "worker", "tcp://"+address, "--nthreads", "1", "--no-dashboard", "--local-directory", t.TempDir())
	r.Engine, r.Folder = "dask://"+address, filepath.Join(t.TempDir(), "fits")
	_, err = Run(t.Context(), r, Watch{Task: func(done, _, _ int) {
		if done == 3 {
			_ = scheduler.Process.Kill()
		}
	}})
	if err == nil || !strings.Contains(err.Error(), "the scheduler at "+address+" went away") || !strings.Contains(err.Error(), "--resume goes on") {
		t.Errorf("error %v, want one that says that the scheduler went away, and how to go on", err)
	}
	r.Engine, r.Resume, r.Partition = "local", true, 0
	if got := run(t, r, Watch{}); got.Checksum != reference(t, r) || got.Kept < 3 {
		t.Errorf("checksum %s, kept %d; want %s and at least 3", got.Checksum, got.Kept, reference(t, r))
	}
}

// TestOtherBuilds: a scheduler of another version, and a worker of another build, are refused by name. What is patched stands for
// an installation that is not here.
func TestOtherBuilds(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	python(t, `
import copy, os
from distributed import Client
from toll.fit import POOLS, FitError
os.environ.update(dict.fromkeys(POOLS, "1"))
from toll.fit import __main__ as driver, _dask, _task

def refused(what, *wants):
    try:
        what()
    except FitError as e:
        assert e.kind == "unavailable" and all(w in e.text for w in wants), e.text
        return
    raise AssertionError(f"not refused, want {wants}")

if __name__ == "__main__":
    real = Client.get_versions
    def other(self):
        versions = copy.deepcopy(real(self))
        versions["scheduler"]["packages"]["distributed"] = "2019.1.0"
        return versions
    Client.get_versions = other
    refused(lambda: _dask.Cluster(None, 1, 0), "the scheduler", "distributed 2019.1.0, the driver 20", "want the same")
    plan = {"language": "rust", "input": None, "folder": "/somewhere"}
    mine = _task.probe(plan, None)
    driver._alike(None, plan, {"w": mine})
    for change, wants in (
        ({"header": "0123"}, ("toll.h 0123, the driver " + mine["header"],)),
        ({"code": "4567"}, ("another toll.fit (4567",)),
        ({"numpy": "1.2"}, ("numpy 1.2, the driver " + mine["numpy"],)),
        ({"pools": {"OMP_NUM_THREADS": "2"}}, ("OMP_NUM_THREADS='2', want 1",)),
        ({"sees": False}, ("does not see /somewhere",)),
        ({"build": "no module toll.pyo3: gone"}, ("no module toll.pyo3",)),
    ):
        refused(lambda: driver._alike(None, plan, {"tcp://there:1": mine | change}), "worker tcp://there:1", *wants)
`)
}

// started starts a program, which ends with the test.
func started(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(name, args...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait()
	})
	return c
}

// free returns an address of this host that nothing listens at.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// TestFullDisk: the disk has no room for the last partitions, and the first ones stay.
func TestFullDisk(t *testing.T) {
	studytest.AvailableFrames(t, Available())
	disk := t.TempDir()
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=12m"); err != nil {
		t.Skipf("%v: a small disk cannot be mounted: %v", seam.ErrUnavailable, err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, 0) })
	r := long
	r.Folder, r.Workers = filepath.Join(disk, "fits"), 1
	_, err := Run(t.Context(), r, Watch{})
	if err == nil || !strings.Contains(err.Error(), "cannot write "+r.Folder) || !strings.Contains(err.Error(), "No space left on device") || !strings.Contains(err.Error(), "--resume goes on") {
		t.Errorf("error %v, want one that says that the disk is full", err)
	}
	if files, _ := filepath.Glob(filepath.Join(r.Folder, "part-*.parquet")); len(files) == 0 {
		t.Error("no partition is left")
	}
	if left, _ := filepath.Glob(filepath.Join(r.Folder, "*.tmp")); left != nil {
		t.Errorf("left are %q", left)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		change func(*Request)
		want   string
	}{
		{func(r *Request) { r.Rows = 0 }, "rows is 0"},
		{func(r *Request) { r.Window = 1 }, "window is 1 days"},
		{func(r *Request) { r.Days = 8 }, "days is 8 and window 9"},
		{func(r *Request) { r.Language = "go" }, `language is "go", want one of c, fortran, rust`},
		{func(r *Request) { r.Engine = "spark" }, `engine is "spark", want local, dask`},
		{func(r *Request) { r.Engine = "dask://there" }, `engine is "dask://there", want dask://HOST:PORT`},
		{func(r *Request) { r.Workers = 0 }, "workers is 0"},
		{func(r *Request) { r.Partition = 3000 }, "partition is 3000 users, want a multiple of 2000"},
		{func(r *Request) { r.Memory = 0 }, "memory is 0"},
		{func(r *Request) { r.Resume = true }, "resume needs the folder"},
		{func(r *Request) { r.Seed = -1 }, "seed is -1"},
		{func(r *Request) { r.Input, r.Folder = "x", "./x" }, "input and output are both"},
	} {
		r := small
		c.change(&r)
		err := r.Check()
		if _, usage := errors.AsType[seam.UsageError](err); !usage || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one of usage with %q", err, c.want)
		}
	}
	if err := small.Check(); err != nil {
		t.Error(err)
	}
}
