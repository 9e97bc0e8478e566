# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
import gc
import platform
import threading
import weakref


class Node:
    def __init__(self):
        self.me = self  # a cycle, which only a collection frees


class Slow(Node):
    def __del__(self):  # called by a collection, and it gives the interpreter to other threads
        within.set()
        asked.wait(60)


gc.disable()  # no collection but those below
within, asked = threading.Event(), threading.Event()
Slow()
other = threading.Thread(target=gc.collect)
other.start()
within.wait(60)
garbage = weakref.ref(Node())
found = gc.collect()
there = garbage() is not None
asked.set()
other.join()
gc.collect()
later = garbage() is not None
print(
    f"CPython {platform.python_version()}: gc.collect() while another thread collects: {found} found, "
    f"the garbage is {'there' if there else 'gone'}; afterwards it is {'there' if later else 'gone'}"
)
print("holds" if found == 0 and there and not later else "does not hold")
