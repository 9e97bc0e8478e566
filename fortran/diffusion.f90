! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! toll.h counts rows i and columns j from 0 and its range lo <= i < hi is half open; here they count from 1,
! so that range is lo+1 ... hi. A row-major matrix is u(j, i), a column-major one u(i, j).
module toll_diffusion
  use, intrinsic :: iso_c_binding, only: c_double, c_f_pointer, c_int32_t, c_int64_t, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_diffusion, extent
  use toll_lang, only: prefix
!$ use toll_lang, only: enter_region, leave_region, restore_schedule, set_schedule
  implicit none
  private
  public :: diffusion_step_row, diffusion_step_col, diffusion_run_row, diffusion_run_col

contains

  integer(c_int32_t) function diffusion_step_row(out, in, rows, cols, ld, lo, hi, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_step_row')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: rows, cols, ld, lo, hi
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: v(:), u(:)
!$  integer(c_int64_t) :: before

    status = check_diffusion(out, in, rows, cols, ld, lo, hi, rows, 1_c_int64_t, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (max(lo + 1, 2_c_int64_t) > min(hi, rows - 1) .or. cols < 3) return
    call c_f_pointer(out, v, [extent(rows, cols, ld)])
    call c_f_pointer(in, u, [extent(rows, cols, ld)])
!$  before = set_schedule(schedule, 1)
    call one_row(v, u, ld, cols, max(lo + 1, 2_c_int64_t), min(hi, rows - 1), D*dt, threads)
!$  call restore_schedule(before)
  end function diffusion_step_row

  integer(c_int32_t) function diffusion_step_col(out, in, rows, cols, ld, lo, hi, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_step_col')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: rows, cols, ld, lo, hi
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: v(:), u(:)
!$  integer(c_int64_t) :: before

    status = check_diffusion(out, in, cols, rows, ld, lo, hi, rows, 1_c_int64_t, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (max(lo + 1, 2_c_int64_t) > min(hi, rows - 1) .or. cols < 3) return
    call c_f_pointer(out, v, [extent(cols, rows, ld)])
    call c_f_pointer(in, u, [extent(cols, rows, ld)])
!$  before = set_schedule(schedule, 1)
    call one_col(v, u, ld, cols, max(lo + 1, 2_c_int64_t), min(hi, rows - 1), D*dt, threads)
!$  call restore_schedule(before)
  end function diffusion_step_col

  integer(c_int32_t) function diffusion_run_row(a, b, rows, cols, ld, steps, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_run_row')
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
  end function diffusion_run_row

  integer(c_int32_t) function diffusion_run_col(a, b, rows, cols, ld, steps, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_run_col')
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
  end function diffusion_run_col

  subroutine one_row(out, in, ld, cols, first, last, Ddt, threads)
    integer(c_int64_t), intent(in) :: ld, cols, first, last
    real(c_double), intent(inout) :: out(ld, *)
    real(c_double), intent(in) :: in(ld, *), Ddt
    integer(c_int32_t), intent(in) :: threads
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    call step_row(out, in, ld, cols, first, last, Ddt)
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine one_row

  subroutine one_col(out, in, ld, cols, first, last, Ddt, threads)
    integer(c_int64_t), intent(in) :: ld, cols, first, last
    real(c_double), intent(inout) :: out(ld, *)
    real(c_double), intent(in) :: in(ld, *), Ddt
    integer(c_int32_t), intent(in) :: threads
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    call step_col(out, in, ld, cols, first, last, Ddt)
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine one_col

  ! The loop over steps lies inside the parallel region: one team serves all steps.
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
    do i = first, last
      do j = 2, cols - 1
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
    do j = 2, cols - 1
      do i = first, last
        lap = (((in(i + 1, j) + in(i - 1, j)) + in(i, j + 1)) + in(i, j - 1)) - 4*in(i, j)
        out(i, j) = in(i, j) + Ddt*lap
      end do
    end do
    !$omp end do
  end subroutine step_col
end module toll_diffusion
