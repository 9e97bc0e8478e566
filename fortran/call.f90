! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
module toll_call
  use, intrinsic :: iso_c_binding, only: c_double, c_int64_t
  use toll_lang, only: prefix
  implicit none
  private
  public :: call_noop, call_not, call_add, call_sum

contains

  subroutine call_noop() bind(C, name=prefix//'call_noop')
  end subroutine call_noop

  integer(c_int64_t) function call_not(x) bind(C, name=prefix//'call_not')
    integer(c_int64_t), value :: x

    call_not = not(x)
  end function call_not

  real(c_double) function call_add(x, y) bind(C, name=prefix//'call_add')
    real(c_double), value :: x, y

    call_add = x + y
  end function call_add

  real(c_double) function call_sum(p, n) bind(C, name=prefix//'call_sum')
    real(c_double), intent(in) :: p(*)
    integer(c_int64_t), value :: n
    integer(c_int64_t) :: k

    call_sum = 0
    do k = 1, n
      call_sum = call_sum + p(k)
    end do
  end function call_sum
end module toll_call
