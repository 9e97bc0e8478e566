! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT

!> What the Fortran runtime ends the process for.
module stops
  use, intrinsic :: iso_c_binding
  implicit none
contains

  !> An element beyond the array, which -fcheck=bounds sees.
  integer(c_int32_t) function bounds(n) bind(C, name="faults_fortran_bounds")
    integer(c_int32_t), value :: n
    integer(c_int32_t) :: a(4)
    a = 0
    bounds = a(n)
  end function bounds

  subroutine stops_in_error() bind(C, name="faults_fortran_error_stop")
    error stop 4
  end subroutine stops_in_error

  !> More memory than there are addresses for, without stat.
  subroutine allocates() bind(C, name="faults_fortran_allocate")
    real(c_double), allocatable :: a(:)
    allocate (a(2_c_int64_t**58))
    a(1) = 1
  end subroutine allocates

end module stops
