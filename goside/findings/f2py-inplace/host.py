# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
import library
import numpy

array = numpy.ones((300, 400))  # in C's order, as NumPy's are
view = array[0]
start = array.ctypes.data
library.twofold(array)
moved = array.ctypes.data != start
# The view is not read: the memory that it points to may be another's by now.
points = view.ctypes.data == start
print(
    f"NumPy {numpy.__version__}: the array {'has moved' if moved else 'is where it was'}, its view points to the old place: {points}"
)
print("holds" if moved and points else "does not hold")
