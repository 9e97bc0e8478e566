! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! The loops of diffusion.f90 and ols.f90, which say how rows, columns and observations count, walked across the
! matrices' lines. They are apart because the compiler is told to leave the order of these loops alone.
module toll_interchanged
  use, intrinsic :: iso_c_binding, only: c_double, c_f_pointer, c_int32_t, c_int64_t, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_diffusion, check_ols, extent
  use toll_lang, only: prefix
!$ use toll_lang, only: enter_region, leave_region, restore_schedule, set_schedule
  implicit none
  private
  public :: diffusion_run_row_interchanged, diffusion_run_col_interchanged, ols_row_interchanged, ols_col_interchanged

contains

  integer(c_int32_t) function diffusion_run_row_interchanged(a, b, rows, cols, ld, steps, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_run_row_interchanged')
    type(c_ptr), value :: a, b
    integer(c_int64_t), value :: rows, cols, ld, steps
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: u(:), v(:)
!$  integer(c_int64_t) :: before

    status = check_diffusion(a, b, rows, cols, ld, 0_c_int64_t, rows, rows, steps, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (rows < 3 .or. cols < 3 .or. steps == 0) return
    call c_f_pointer(a, u, [extent(rows, cols, ld)])
    call c_f_pointer(b, v, [extent(rows, cols, ld)])
!$  before = set_schedule(schedule, 1)
    call all_row(u, v, ld, cols, rows, steps, D*dt, threads)
!$  call restore_schedule(before)
  end function diffusion_run_row_interchanged

  integer(c_int32_t) function diffusion_run_col_interchanged(a, b, rows, cols, ld, steps, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_run_col_interchanged')
    type(c_ptr), value :: a, b
    integer(c_int64_t), value :: rows, cols, ld, steps
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: u(:), v(:)
!$  integer(c_int64_t) :: before

    status = check_diffusion(a, b, cols, rows, ld, 0_c_int64_t, rows, rows, steps, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (rows < 3 .or. cols < 3 .or. steps == 0) return
    call c_f_pointer(a, u, [extent(cols, rows, ld)])
    call c_f_pointer(b, v, [extent(cols, rows, ld)])
!$  before = set_schedule(schedule, 1)
    call all_col(u, v, ld, cols, rows, steps, D*dt, threads)
!$  call restore_schedule(before)
  end function diffusion_run_col_interchanged

  integer(c_int32_t) function ols_row_interchanged(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule) &
    result(status) bind(C, name=prefix//'ols_row_interchanged')
    type(c_ptr), value :: slope, intercept, y
    integer(c_int64_t), value :: rows, n, ld, lo, hi
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: slopes(:), intercepts(:), matrix(:)
!$  integer(c_int64_t) :: before

    status = check_ols(slope, intercept, y, rows, n, ld, lo, hi, rows, n, threads, schedule)
    if (status /= toll_ok) return
    if (lo == hi) return
    call c_f_pointer(slope, slopes, [rows])
    call c_f_pointer(intercept, intercepts, [rows])
    call c_f_pointer(y, matrix, [extent(rows, n, ld)])
!$  before = set_schedule(schedule, 1)
    call fit_row(slopes, intercepts, matrix, ld, n, lo + 1, hi, threads)
!$  call restore_schedule(before)
  end function ols_row_interchanged

  integer(c_int32_t) function ols_col_interchanged(slope, intercept, y, rows, n, ld, lo, hi, threads, schedule) &
    result(status) bind(C, name=prefix//'ols_col_interchanged')
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
!$  before = set_schedule(schedule, 256)
    call fit_col(slopes, intercepts, matrix, ld, n, lo + 1, hi, threads)
!$  call restore_schedule(before)
  end function ols_col_interchanged

  subroutine all_row(a, b, ld, cols, rows, steps, Ddt, threads)
    integer(c_int64_t), intent(in) :: ld, cols, rows, steps
    real(c_double), intent(inout) :: a(ld, *), b(ld, *)
    real(c_double), intent(in) :: Ddt
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: s
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(s, environment)
!$  environment = enter_region()
    do s = 1, steps
      if (mod(s, 2_c_int64_t) == 1) then
        call step_row(b, a, ld, cols, 2_c_int64_t, rows - 1, Ddt)
      else
        call step_row(a, b, ld, cols, 2_c_int64_t, rows - 1, Ddt)
      end if
    end do
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine all_row

  subroutine all_col(a, b, ld, cols, rows, steps, Ddt, threads)
    integer(c_int64_t), intent(in) :: ld, cols, rows, steps
    real(c_double), intent(inout) :: a(ld, *), b(ld, *)
    real(c_double), intent(in) :: Ddt
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: s
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(s, environment)
!$  environment = enter_region()
    do s = 1, steps
      if (mod(s, 2_c_int64_t) == 1) then
        call step_col(b, a, ld, cols, 2_c_int64_t, rows - 1, Ddt)
      else
        call step_col(a, b, ld, cols, 2_c_int64_t, rows - 1, Ddt)
      end if
    end do
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine all_col

  subroutine step_row(out, in, ld, cols, first, last, Ddt)
    integer(c_int64_t), intent(in) :: ld, cols, first, last
    real(c_double), intent(inout) :: out(ld, *)
    real(c_double), intent(in) :: in(ld, *), Ddt
    integer(c_int64_t) :: i, j
    real(c_double) :: lap

    !$omp do schedule(runtime)
    do j = 2, cols - 1
      do i = first, last
        lap = (((in(j, i + 1) + in(j, i - 1)) + in(j + 1, i)) + in(j - 1, i)) - 4*in(j, i)
        out(j, i) = in(j, i) + Ddt*lap
      end do
    end do
    !$omp end do
  end subroutine step_row

  subroutine step_col(out, in, ld, cols, first, last, Ddt)
    integer(c_int64_t), intent(in) :: ld, cols, first, last
    real(c_double), intent(inout) :: out(ld, *)
    real(c_double), intent(in) :: in(ld, *), Ddt
    integer(c_int64_t) :: i, j
    real(c_double) :: lap

    !$omp do schedule(runtime)
    do i = first, last
      do j = 2, cols - 1
        lap = (((in(i + 1, j) + in(i - 1, j)) + in(i, j + 1)) + in(i, j - 1)) - 4*in(i, j)
        out(i, j) = in(i, j) + Ddt*lap
      end do
    end do
    !$omp end do
  end subroutine step_col

  ! An equal share of the rows for each thread, whatever the schedule: a smaller part of them would be a block,
  ! which stays in cache.
  subroutine fit_row(slope, intercept, y, ld, n, first, last, threads)
    integer(c_int64_t), intent(in) :: ld, n, first, last
    real(c_double), intent(inout) :: slope(*), intercept(*)
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: shares, share, rest, t, i
!$  integer(c_int64_t) :: environment

    shares = 1
!$  shares = threads
    share = (last - first + 1)/shares
    rest = mod(last - first + 1, shares)
    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(static) private(i)
    do t = 0, shares - 1
      i = first + t*share + min(t, rest)
      if (share > 0 .or. t < rest) call fit_share(slope, intercept, y, ld, n, i, i + share - merge(0, 1, t < rest))
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine fit_row

  subroutine fit_share(slope, intercept, y, ld, n, first, last)
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
        slope(i) = slope(i) + w*(y(half + odd + k, i) - y(half + 1 - k, i))
      end do
    end do
    do j = 1, n
      do i = first, last
        intercept(i) = intercept(i) + y(j, i)
      end do
    end do
    do i = first, last
      slope(i) = slope(i)/denominator
      intercept(i) = intercept(i)/x - slope(i)*mean_x
    end do
  end subroutine fit_share

  subroutine fit_col(slope, intercept, y, ld, n, first, last, threads)
    integer(c_int64_t), intent(in) :: ld, n, first, last
    real(c_double), intent(inout) :: slope(*), intercept(*)
    real(c_double), intent(in) :: y(ld, *)
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: i, j, k, half, odd
    real(c_double) :: x, denominator, mean_x, pairs, total
!$  integer(c_int64_t) :: environment

    x = real(n, c_double)
    denominator = (x*(x*x - 1))/6
    mean_x = (x - 1)/2
    half = n/2
    odd = mod(n, 2_c_int64_t)
    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(runtime) private(j, k, pairs, total)
    do i = first, last
      pairs = 0
      do k = 1, half
        pairs = pairs + real(2*k - 1 + odd, c_double)*(y(i, half + odd + k) - y(i, half + 1 - k))
      end do
      total = 0
      do j = 1, n
        total = total + y(i, j)
      end do
      slope(i) = pairs/denominator
      intercept(i) = total/x - slope(i)*mean_x
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine fit_col
end module toll_interchanged
