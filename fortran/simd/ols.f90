! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! Least squares, tuned: a lane fits a row, and does what ../ols.f90 does for it, in its order; so the bits are
! the same. Rows and observations count from 1, as there.
module toll_ols
  use, intrinsic :: iso_c_binding, only: c_double, c_f_pointer, c_int32_t, c_int64_t, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_ols, extent
  use toll_lang, only: prefix
  implicit none
  private
  public :: ols_row, ols_col

  integer, parameter :: width = TOLL_WIDTH   ! numbers in a vector
  integer, parameter :: lanes = 4*width      ! rows that are fitted at once: chains of sums that overlap
  integer, parameter :: side = min(width, 4) ! of the squares that are transposed: 8 takes more shuffles
  integer, parameter :: longest = 128        ! row that is transposed: a block of them stays in the nearest cache

contains

  integer(c_int32_t) function ols_row(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule) &
    result(status) bind(C, name=prefix//'ols_row')
    type(c_ptr), value :: slope, intercept, y
    integer(c_int64_t), value :: rows, n, ld, lo, hi
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: slopes(:), intercepts(:), matrix(:)

    status = check_ols(slope, intercept, y, rows, n, ld, lo, hi, rows, n, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(slope, slopes, [rows])
    call c_f_pointer(intercept, intercepts, [rows])
    call c_f_pointer(y, matrix, [extent(rows, n, ld)])
    call fit_row(slopes, intercepts, matrix, ld, n, lo + 1, hi)
  end function ols_row

  integer(c_int32_t) function ols_col(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule) &
    result(status) bind(C, name=prefix//'ols_col')
    type(c_ptr), value :: slope, intercept, y
    integer(c_int64_t), value :: rows, n, ld, lo, hi
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: slopes(:), intercepts(:), matrix(:)

    status = check_ols(slope, intercept, y, n, rows, ld, lo, hi, rows, n, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(slope, slopes, [rows])
    call c_f_pointer(intercept, intercepts, [rows])
    call c_f_pointer(y, matrix, [extent(n, rows, ld)])
    call fit_col(slopes, intercepts, matrix, ld, n, lo + 1, hi)
  end function ols_col

  subroutine fit_row(slope, intercept, y, ld, n, first, last)
    integer(c_int64_t), intent(in) :: ld, n, first, last
    real(c_double), intent(inout) :: slope(*), intercept(*)
    real(c_double), intent(in) :: y(ld, *)
    real(c_double) :: columns(lanes, longest)
    integer(c_int64_t) :: i

    i = first
    if (n >= side .and. n <= longest) then
      do while (i + lanes - 1 <= last)
        call turn(columns, y(1, i), ld, int(n))
        call fit_lanes(slope(i), intercept(i), columns, int(lanes, c_int64_t), n)
        i = i + lanes
      end do
    end if
    do while (i <= last)
      call fit_one(slope(i), intercept(i), y(1, i), 1_c_int64_t, n)
      i = i + 1
    end do
  end subroutine fit_row

  subroutine fit_col(slope, intercept, y, ld, n, first, last)
    integer(c_int64_t), intent(in) :: ld, n, first, last
    real(c_double), intent(inout) :: slope(*), intercept(*)
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int64_t) :: i

    i = first
    do while (i + lanes - 1 <= last)
      call fit_lanes(slope(i), intercept(i), y(i, 1), ld, n)
      i = i + lanes
    end do
    do while (i <= last)
      call fit_one(slope(i), intercept(i), y(i, 1), ld, n)
      i = i + 1
    end do
  end subroutine fit_col

  ! Transposes `lanes` rows of n >= side observations, `side` columns at a time: the last ones overlap those
  ! before if need be, so that nothing beyond a row's end is read. Through `square` since its strides are
  ! constant: of that the compiler makes shuffles in registers.
  subroutine turn(columns, y, ld, n)
    integer(c_int64_t), intent(in) :: ld
    integer, intent(in) :: n
    real(c_double), intent(inout) :: columns(lanes, n)
    real(c_double), intent(in) :: y(ld, lanes)
    real(c_double) :: square(side, lanes)
    integer :: j, k, l

    j = 0
    do
      do l = 1, lanes
        !$omp simd
        do k = 1, side
          square(k, l) = y(j + k, l)
        end do
      end do
      !$omp simd
      do l = 1, lanes
        columns(l, j + 1) = square(1, l)
        columns(l, j + 2) = square(2, l)
#if TOLL_WIDTH > 2
        columns(l, j + 3) = square(3, l)
        columns(l, j + 4) = square(4, l)
#endif
      end do
      if (j + side >= n) exit
      j = min(j + side, n - side)
    end do
  end subroutine turn

  ! Rows whose observations of the same number are adjacent, those of the next one ld further on.
  subroutine fit_lanes(slope, intercept, y, ld, n)
    integer(c_int64_t), intent(in) :: ld, n
    real(c_double), intent(inout) :: slope(lanes), intercept(lanes)
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int64_t) :: j, k, half, odd
    real(c_double) :: x, denominator, mean_x, w, pairs(lanes), total(lanes)
    integer :: l

    x = real(n, c_double)
    denominator = (x*(x*x - 1))/6
    mean_x = (x - 1)/2
    half = n/2
    odd = mod(n, 2_c_int64_t)
    !$omp simd
    do l = 1, lanes
      pairs(l) = 0
      total(l) = 0
    end do
    do k = 1, half
      w = real(2*k - 1 + odd, c_double)
      !$omp simd
      do l = 1, lanes
        pairs(l) = pairs(l) + w*(y(l, half + odd + k) - y(l, half + 1 - k))
      end do
    end do
    do j = 1, n
      !$omp simd
      do l = 1, lanes
        total(l) = total(l) + y(l, j)
      end do
    end do
    !$omp simd
    do l = 1, lanes
      slope(l) = pairs(l)/denominator
      intercept(l) = total(l)/x - slope(l)*mean_x
    end do
  end subroutine fit_lanes

  ! One row, whose observations lie ld apart.
  subroutine fit_one(slope, intercept, y, ld, n)
    integer(c_int64_t), intent(in) :: ld, n
    real(c_double), intent(out) :: slope, intercept
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int64_t) :: j, k, half, odd
    real(c_double) :: x, denominator, mean_x, pairs, total

    x = real(n, c_double)
    denominator = (x*(x*x - 1))/6
    mean_x = (x - 1)/2
    half = n/2
    odd = mod(n, 2_c_int64_t)
    pairs = 0
    do k = 1, half
      pairs = pairs + real(2*k - 1 + odd, c_double)*(y(1, half + odd + k) - y(1, half + 1 - k))
    end do
    total = 0
    do j = 1, n
      total = total + y(1, j)
    end do
    slope = pairs/denominator
    intercept = total/x - slope*mean_x
  end subroutine fit_one
end module toll_ols
