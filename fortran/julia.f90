! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
module toll_julia
  use, intrinsic :: iso_c_binding, only: c_double, c_double_complex, c_f_pointer, c_int32_t, c_int64_t, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_julia, check_julia_split
  use toll_lang, only: prefix
!$ use toll_lang, only: enter_region, leave_region, restore_schedule, set_schedule
  implicit none
  private
  public :: julia, julia_split

contains

  integer(c_int32_t) function julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule) &
    result(status) bind(C, name=prefix//'julia')
    type(c_ptr), value :: out, zs, cs
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule
    integer(c_int32_t), pointer, contiguous :: counts(:)
    complex(c_double_complex), pointer, contiguous :: z(:), c(:)
!$  integer(c_int64_t) :: before

    status = check_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(out, counts, [n])
    call c_f_pointer(zs, z, [n])
    call c_f_pointer(cs, c, [n])
!$  before = set_schedule(schedule, 64)
    call count_all(counts, z, c, lo + 1, hi, maxiter, threads)
!$  call restore_schedule(before)
  end function julia

  integer(c_int32_t) function julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule) &
    result(status) bind(C, name=prefix//'julia_split')
    type(c_ptr), value :: out, zr, zi, cr, ci
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule
    integer(c_int32_t), pointer, contiguous :: counts(:)
    real(c_double), pointer, contiguous :: z_re(:), z_im(:), c_re(:), c_im(:)
!$  integer(c_int64_t) :: before

    status = check_julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(out, counts, [n])
    call c_f_pointer(zr, z_re, [n])
    call c_f_pointer(zi, z_im, [n])
    call c_f_pointer(cr, c_re, [n])
    call c_f_pointer(ci, c_im, [n])
!$  before = set_schedule(schedule, 64)
    call count_split(counts, z_re, z_im, c_re, c_im, lo + 1, hi, maxiter, threads)
!$  call restore_schedule(before)
  end function julia_split

  subroutine count_all(counts, z, c, first, last, maxiter, threads)
    integer(c_int32_t), intent(inout) :: counts(*)
    complex(c_double_complex), intent(in) :: z(*), c(*)
    integer(c_int64_t), intent(in) :: first, last
    integer(c_int32_t), intent(in) :: maxiter, threads
    integer(c_int64_t) :: k
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(runtime)
    do k = first, last
      counts(k) = escape(real(z(k)), aimag(z(k)), real(c(k)), aimag(c(k)), maxiter)
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine count_all

  subroutine count_split(counts, z_re, z_im, c_re, c_im, first, last, maxiter, threads)
    integer(c_int32_t), intent(inout) :: counts(*)
    real(c_double), intent(in) :: z_re(*), z_im(*), c_re(*), c_im(*)
    integer(c_int64_t), intent(in) :: first, last
    integer(c_int32_t), intent(in) :: maxiter, threads
    integer(c_int64_t) :: k
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(runtime)
    do k = first, last
      counts(k) = escape(z_re(k), z_im(k), c_re(k), c_im(k), maxiter)
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine count_split

  ! In real and imaginary parts, for a complex product leaves the order of its operations to the compiler.
  pure integer(c_int32_t) function escape(z_re, z_im, cr, ci, maxiter) result(i)
    real(c_double), intent(in) :: z_re, z_im, cr, ci
    integer(c_int32_t), intent(in) :: maxiter
    real(c_double) :: zr, zi, re

    zr = z_re
    zi = z_im
    i = 0
    do while (i < maxiter .and. zr*zr + zi*zi < 4)
      re = (zr*zr - zi*zi) + cr
      zi = 2*(zr*zi) + ci
      zr = re
      i = i + 1
    end do
  end function escape
end module toll_julia
