! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! Numbers are copied as integers, of which every bit counts. in(j, i) is row-major and out(i, j) column-major;
! i and j count from 1, as in diffusion.f90.
module toll_transpose
  use, intrinsic :: iso_c_binding, only: c_f_pointer, c_int32_t, c_int64_t, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_transpose, extent
  use toll_lang, only: prefix
!$ use toll_lang, only: enter_region, leave_region, restore_schedule, set_schedule
  implicit none
  private
  public :: transpose_tiles, transpose_naive

  ! The side of a tile: long enough that whole cache lines are used, and so short that those of a tile of in and of one
  ! of out stay in cache together.
  integer, parameter :: tile = 16

contains

  ! Not named transpose, as Fortran's own.
  integer(c_int32_t) function transpose_tiles(out, in, rows, cols, ld_out, ld_in, threads, schedule) &
    result(status) bind(C, name=prefix//'transpose')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: rows, cols, ld_out, ld_in
    integer(c_int32_t), value :: threads, schedule
    integer(c_int64_t), pointer, contiguous :: v(:), u(:)
!$  integer(c_int64_t) :: before

    status = check_transpose(out, in, rows, cols, ld_out, ld_in, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(out, v, [extent(cols, rows, ld_out)])
    call c_f_pointer(in, u, [extent(rows, cols, ld_in)])
!$  before = set_schedule(schedule, 1)
    call copy_tiles(v, u, ld_out, ld_in, rows, cols, threads)
!$  call restore_schedule(before)
  end function transpose_tiles

  integer(c_int32_t) function transpose_naive(out, in, rows, cols, ld_out, ld_in, threads, schedule) &
    result(status) bind(C, name=prefix//'transpose_naive')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: rows, cols, ld_out, ld_in
    integer(c_int32_t), value :: threads, schedule
    integer(c_int64_t), pointer, contiguous :: v(:), u(:)
!$  integer(c_int64_t) :: before

    status = check_transpose(out, in, rows, cols, ld_out, ld_in, threads, schedule)
    if (status /= toll_ok) return
    call c_f_pointer(out, v, [extent(cols, rows, ld_out)])
    call c_f_pointer(in, u, [extent(rows, cols, ld_in)])
!$  before = set_schedule(schedule, 1)
    call copy_lines(v, u, ld_out, ld_in, rows, cols, threads)
!$  call restore_schedule(before)
  end function transpose_naive

  subroutine copy_tiles(out, in, ld_out, ld_in, rows, cols, threads)
    integer(c_int64_t), intent(in) :: ld_out, ld_in, rows, cols
    integer(c_int64_t), intent(inout) :: out(ld_out, *)
    integer(c_int64_t), intent(in) :: in(ld_in, *)
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: i, j, top, left
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(runtime) private(i, j, top)
    do left = 1, cols, tile
      do top = 1, rows, tile
        if (left + tile - 1 <= cols .and. top + tile - 1 <= rows) then ! loops of known length are several times as fast
          do j = left, left + tile - 1
            do i = top, top + tile - 1
              out(i, j) = in(j, i)
            end do
          end do
        else
          do j = left, min(left + tile - 1, cols)
            do i = top, min(top + tile - 1, rows)
              out(i, j) = in(j, i)
            end do
          end do
        end if
      end do
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine copy_tiles

  subroutine copy_lines(out, in, ld_out, ld_in, rows, cols, threads)
    integer(c_int64_t), intent(in) :: ld_out, ld_in, rows, cols
    integer(c_int64_t), intent(inout) :: out(ld_out, *)
    integer(c_int64_t), intent(in) :: in(ld_in, *)
    integer(c_int32_t), intent(in) :: threads
    integer(c_int64_t) :: i, j
!$  integer(c_int64_t) :: environment

    !$omp parallel num_threads(threads) private(environment)
!$  environment = enter_region()
    !$omp do schedule(runtime) private(i)
    do j = 1, cols
      do i = 1, rows
        out(i, j) = in(j, i)
      end do
    end do
    !$omp end do nowait
!$  call leave_region(environment)
    !$omp end parallel
  end subroutine copy_lines
end module toll_transpose
