! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! Rows and observations count from 1 here, as in diffusion.f90: toll.h's y[hi] and y[lo] of pair k = 0, 1 ...
! are, for k = 1, 2 ..., observations half+odd+k and half+1-k, and w is 2*k-1+odd.
module toll_ols
  use, intrinsic :: iso_c_binding, only: c_double, c_f_pointer, c_int32_t, c_int64_t, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_ols, extent
  use toll_lang, only: prefix
!$ use toll_lang, only: enter_region, leave_region, restore_schedule, set_schedule
  implicit none
  private
  public :: ols_row, ols_col

  integer, parameter :: block = 256

contains

  integer(c_int32_t) function ols_row(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule) &
    result(status) bind(C, name=prefix//'ols_row')
    type(c_ptr), value :: slope, intercept, y
    integer(c_int64_t), value :: rows, n, ld, lo, hi
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: slopes(:), intercepts(:), matrix(:)
!$  integer(c_int64_t) :: before

    status = check_ols(slope, intercept, y, rows, n, ld, lo, hi, rows, n, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(slope, slopes, [rows])
    call c_f_pointer(intercept, intercepts, [rows])
    call c_f_pointer(y, matrix, [extent(rows, n, ld)])
!$  before = set_schedule(schedule, 256)
    call fit_row(slopes, intercepts, matrix, ld, n, lo + 1, hi, threads)
!$  call restore_schedule(before)
  end function ols_row

  integer(c_int32_t) function ols_col(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule) &
    result(status) bind(C, name=prefix//'ols_col')
    type(c_ptr), value :: slope, intercept, y
    integer(c_int64_t), value :: rows, n, ld, lo, hi
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: slopes(:), intercepts(:), matrix(:)
!$  integer(c_int64_t) :: before

    status = check_ols(slope, intercept, y, n, rows, ld, lo, hi, rows, n, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(slope, slopes, [rows])
    call c_f_pointer(intercept, intercepts, [rows])
    call c_f_pointer(y, matrix, [extent(n, rows, ld)])
!$  before = set_schedule(schedule, 1)
    call fit_col(slopes, intercepts, matrix, ld, n, lo + 1, hi, threads)
!$  call restore_schedule(before)
  end function ols_col

  subroutine fit_row(slope, intercept, y, ld, n, first, last, threads)
    integer(c_int64_t), intent(in) :: ld, n, first, last
    real(c_double), intent(inout) :: slope(*), intercept(*)
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: i
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(runtime)
    do i = first, last
      call fit_line(slope(i), intercept(i), y(1, i), n)
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine fit_row

  subroutine fit_line(slope, intercept, y, n)
    real(c_double), intent(out) :: slope, intercept
    integer(c_int64_t), intent(in) :: n
    real(c_double), intent(in) :: y(n)
    integer(c_int64_t) :: j, k, half, odd
    real(c_double) :: x, denominator, mean_x, pairs, total

    x = real(n, c_double)
    denominator = (x*(x*x - 1))/6
    mean_x = (x - 1)/2
    half = n/2
    odd = mod(n, 2_c_int64_t)
    pairs = 0
    do k = 1, half
      pairs = pairs + real(2*k - 1 + odd, c_double)*(y(half + odd + k) - y(half + 1 - k))
    end do
    total = 0
    do j = 1, n
      total = total + y(j)
    end do
    slope = pairs/denominator
    intercept = total/x - slope*mean_x
  end subroutine fit_line

  subroutine fit_col(slope, intercept, y, ld, n, first, last, threads)
    integer(c_int64_t), intent(in) :: ld, n, first, last
    real(c_double), intent(inout) :: slope(*), intercept(*)
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: i
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(runtime)
    do i = first, last, block
      call fit_block(slope, intercept, y, ld, n, i, min(i + block - 1, last))
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine fit_col

  ! Walks down the columns, for a block of rows at a time so that its sums stay in cache; slope and intercept
  ! hold the sums until the end.
  subroutine fit_block(slope, intercept, y, ld, n, first, last)
    integer(c_int64_t), intent(in) :: ld, n, first, last
    real(c_double), intent(inout) :: slope(*), intercept(*)
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int64_t) :: i, j, k, half, odd
    real(c_double) :: x, denominator, mean_x, w

    x = real(n, c_double)
    denominator = (x*(x*x - 1))/6
    mean_x = (x - 1)/2
    half = n/2
    odd = mod(n, 2_c_int64_t)
    do i = first, last
      slope(i) = 0
      intercept(i) = 0
    end do
    do k = 1, half
      w = real(2*k - 1 + odd, c_double)
      do i = first, last
        slope(i) = slope(i) + w*(y(i, half + odd + k) - y(i, half + 1 - k))
      end do
    end do
    do j = 1, n
      do i = first, last
        intercept(i) = intercept(i) + y(i, j)
      end do
    end do
    do i = first, last
      slope(i) = slope(i)/denominator
      intercept(i) = intercept(i)/x - slope(i)*mean_x
    end do
  end subroutine fit_block
end module toll_ols
