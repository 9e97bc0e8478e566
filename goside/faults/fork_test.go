// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT

package faults

import (
	"fmt"

	"toll/goside/via/faulty"
)

// forkFaults are those of a fork of this Go program by Python code. A child has the thread that forked, and no other one of Go's.
var forkFaults = []Fault{
	{
		Name: "os.fork", On: embedded, Open: forking("t = float(numpy.arange(4.0).sum())\n assert t == 6.0"),
		About: "Python forks, and the child calls NumPy.",
	},
	{
		Name: "child raises SIGSEGV", On: embedded, Open: forking("import ctypes\n ctypes.string_at(0)"),
		About: "A forked child crashes. Go's handler in it prints, and ends the child alone.",
	},
	{
		Name: "multiprocessing by fork", On: embedded, Open: python(script(
			"import math, multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as p:\n assert p.map(math.sqrt, [4.0, 9.0]) == [2.0, 3.0]")),
		About: "A pool of two forked processes.",
	},
	{
		Name: "multiprocessing by spawn", On: embedded, Open: python(script(
			"import math, multiprocessing\nwith multiprocessing.get_context('spawn').Pool(1) as p:\n assert p.map(math.sqrt, [4.0, 9.0]) == [2.0, 3.0]")), Slow: true,
		About: "The same by processes of their own, which run the virtual environment's Python.",
	},
	{
		Name: "child calls Go", On: embedded, Open: python(func(p *interpreter) error {
			called := faulty.Callback(func() {
				done := make(chan int)
				go func() { done <- 1 }()
				<-done
			})
			return p.run(forked + fmt.Sprintf("fork(lambda: ctypes.CFUNCTYPE(None)(%d)())", called))
		}), Slow: true,
		About: "A forked child calls a Go function back, which starts a goroutine and waits for it. Go's other threads do not exist there.",
	},
	{
		Name: "fork after threads", On: embedded, Open: python(script(forked +
			"import threading\nthreads = [threading.Thread(target=lambda: numpy.ones(10).sum()) for _ in range(4)]\n" +
			"for t in threads: t.start()\nfor t in threads: t.join()\nfork(lambda: numpy.ones(10).sum())")),
		About: "The same after Python's threads have come and gone.",
	},
	{
		Name: "fork after OpenMP", On: embedded, Open: afterPool("libtoll_c_omp.so", "c-omp"),
		About: "Two threads of OpenMP compute a Julia set, then the program forks, then both parent and child compute it again. libgomp " +
			"would wait in the child for ever; Toll's library ends the pool before the fork.",
	},
	{
		Name: "fork after rayon", On: embedded, Open: afterPool("libtoll_rust.so", "rust-par"),
		About: "The same by Rust's rayon.",
	},
}

// forked defines what runs in a forked child, and raises an exception unless that ends with status 0 in 3 s.
const forked = `import ctypes, numpy, os, signal, time
def fork(f):
 pid = os.fork()
 if pid == 0:
  try: f()
  except BaseException: os._exit(1)
  os._exit(0)
 for _ in range(300):
  ended, status = os.waitpid(pid, os.WNOHANG)
  if ended: break
  time.sleep(0.01)
 else:
  os.kill(pid, signal.SIGKILL)
  os.waitpid(pid, 0)
  raise TimeoutError('the child has not ended after 3 s')
 if status: raise ChildProcessError('the child ended with ' + str(os.waitstatus_to_exitcode(status)))
`

// afterPool returns a subject of a fork of a program that has a pool of native threads.
func afterPool(file, lang string) func(via string) (*Subject, error) {
	return python(func(p *interpreter) error {
		julia, err := faulty.Julia(file, lang)
		if err != nil {
			return err
		}
		return p.run(forked + fmt.Sprintf(`from ctypes import c_int32, c_int64, c_void_p
native = ctypes.CFUNCTYPE(c_int32, *3 * [c_void_p], *3 * [c_int64], *3 * [c_int32])(%d)
def julia():
 n = 20000
 out, zs, cs = numpy.zeros(n, numpy.int32), numpy.zeros(n, numpy.complex128), numpy.zeros(n, numpy.complex128)
 assert native(out.ctypes.data, zs.ctypes.data, cs.ctypes.data, n, 0, n, 50, 2, 0) == 0
 assert (out == 50).all()
julia()
fork(julia)
julia()
`, julia))
	})
}

// forking returns a subject of Python code that runs in a forked child.
func forking(body string) func(via string) (*Subject, error) {
	return python(script(forked + "def f():\n " + body + "\nfork(f)"))
}
