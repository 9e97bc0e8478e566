! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
subroutine twofold(a, rows, cols)
  integer, intent(in) :: rows, cols
  real(8) :: a(rows, cols)
  !f2py intent(inplace) :: a
  !f2py integer, intent(hide), depend(a) :: rows = shape(a, 0), cols = shape(a, 1)
  a = 2*a
end subroutine
