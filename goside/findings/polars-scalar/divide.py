# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
import math

import numpy
import polars

numbers = numpy.arange(1.0, 1001.0)
column = polars.Series(numbers)
divisors = polars.Series(numpy.full(1000, 49.0))
by_scalar = int(((column / 49.0).to_numpy() != numbers / 49.0).sum())
by_column = int(((column / divisors).to_numpy() != numbers / 49.0).sum())
zero = math.copysign(1.0, (polars.Series([-0.0, -0.0]) + 0.0)[0])
print(
    f"Polars {polars.__version__}: of 1000 numbers divided by 49.0, {by_scalar} differ from IEEE's quotient,"
    f" by a column of 49.0 {by_column}; -0.0 + 0.0 = {math.copysign(0.0, zero)}"
)
print("holds" if by_scalar and not by_column and zero < 0 else "does not hold")
