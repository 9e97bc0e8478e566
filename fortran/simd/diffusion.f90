! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! Diffusion, tuned. A matrix is `outer` lines of `inner` adjacent cells: rows if it is row-major, columns if it
! is column-major; lines and cells count from 1. Every cell of every step is computed from the numbers and by
! the operations of ../diffusion.f90, some of them more than once: so the bits are the same.
module toll_diffusion
  use, intrinsic :: iso_c_binding, only: c_double, c_f_pointer, c_int32_t, c_int64_t, c_intptr_t, c_loc, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_diffusion, extent
  use toll_lang, only: prefix
  implicit none
  private
  public :: diffusion_step_row, diffusion_step_col, diffusion_run_row, diffusion_run_col

  integer, parameter :: fused = 20   ! most steps that one sweep over the matrix makes
  integer, parameter :: widest = 512 ! a tile; its lines, as they are computed, stay in the nearest caches
  integer, parameter :: whole = 560  ! or the only one, which needs no more than its own cells
  integer, parameter :: small = 2048 ! cells of a matrix that stays there as it is
  integer, parameter :: together = 4 ! lines computed at once: each is loaded once for the three that need it
  integer, parameter :: group = 8    ! numbers in the widest vector: the lines of a tile are computed in multiples
  integer, parameter :: room = 584   ! in a tile's line; near a multiple of 512 all lines would share sets of the cache
  integer, parameter :: slots = 2*fused + 2*together

contains

  integer(c_int32_t) function diffusion_step_row(out, in, rows, cols, ld, lo, hi, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_step_row')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: rows, cols, ld, lo, hi
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: v(:), u(:)

    status = check_diffusion(out, in, rows, cols, ld, lo, hi, rows, 1_c_int64_t, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (max(lo + 1, 2_c_int64_t) > min(hi, rows - 1) .or. cols < 3) return
    call c_f_pointer(out, v, [extent(rows, cols, ld)])
    call c_f_pointer(in, u, [extent(rows, cols, ld)])
    call step(v, u, ld, 2_c_int64_t, cols - 1, max(lo + 1, 2_c_int64_t), min(hi, rows - 1), D*dt, .true.)
  end function diffusion_step_row

  integer(c_int32_t) function diffusion_step_col(out, in, rows, cols, ld, lo, hi, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_step_col')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: rows, cols, ld, lo, hi
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: v(:), u(:)

    status = check_diffusion(out, in, cols, rows, ld, lo, hi, rows, 1_c_int64_t, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (max(lo + 1, 2_c_int64_t) > min(hi, rows - 1) .or. cols < 3) return
    call c_f_pointer(out, v, [extent(cols, rows, ld)])
    call c_f_pointer(in, u, [extent(cols, rows, ld)])
    call step(v, u, ld, max(lo + 1, 2_c_int64_t), min(hi, rows - 1), 2_c_int64_t, cols - 1, D*dt, .false.)
  end function diffusion_step_col

  integer(c_int32_t) function diffusion_run_row(a, b, rows, cols, ld, steps, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_run_row')
    type(c_ptr), value :: a, b
    integer(c_int64_t), value :: rows, cols, ld, steps
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: u(:), v(:)

    status = check_diffusion(a, b, rows, cols, ld, 0_c_int64_t, rows, rows, steps, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (rows < 3 .or. cols < 3 .or. steps == 0) return
    call c_f_pointer(a, u, [extent(rows, cols, ld)])
    call c_f_pointer(b, v, [extent(rows, cols, ld)])
    call run(u, v, ld, cols, rows, steps, D*dt, .true.)
  end function diffusion_run_row

  integer(c_int32_t) function diffusion_run_col(a, b, rows, cols, ld, steps, D, dt, threads, schedule) &
    result(status) bind(C, name=prefix//'diffusion_run_col')
    type(c_ptr), value :: a, b
    integer(c_int64_t), value :: rows, cols, ld, steps
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    real(c_double), pointer, contiguous :: u(:), v(:)

    status = check_diffusion(a, b, cols, rows, ld, 0_c_int64_t, rows, rows, steps, D, dt, threads, schedule)
    if (status /= toll_ok) return
    if (rows < 3 .or. cols < 3 .or. steps == 0) return
    call c_f_pointer(a, u, [extent(cols, rows, ld)])
    call c_f_pointer(b, v, [extent(cols, rows, ld)])
    call run(u, v, ld, rows, cols, steps, D*dt, .false.)
  end function diffusion_run_col

  ! The state after s steps belongs into a if s is even, else into b: its boundary is theirs. The sweeps work in
  ! place, in a; the last one leaves the last two states where they belong.
  subroutine run(a, b, ld, inner, outer, steps, Ddt, row)
    integer(c_int64_t), intent(in) :: ld, inner, outer, steps
    real(c_double), intent(inout) :: a(ld, *), b(ld, *)
    real(c_double), intent(in) :: Ddt
    logical, intent(in) :: row
    real(c_double), allocatable :: saved(:, :)
    integer(c_int64_t) :: done, t, lines
    integer :: lack

    lack = 1
    if (steps > 1 .and. inner > small/outer) then
      lines = 0
      if (inner - 2 > whole) lines = outer
      allocate (saved(fused, lines), stat=lack)
    end if
    done = 0
    do while (done < steps)
      if (lack == 0) then
        t = (steps - done)/((steps - done + fused - 1)/fused)
        call sweep(a, b, ld, inner, outer, done, int(t), done + t == steps, saved, Ddt, row)
        done = done + t
      else
        if (mod(done, 2_c_int64_t) == 0) then
          call step(b, a, ld, 2_c_int64_t, inner - 1, 2_c_int64_t, outer - 1, Ddt, row)
        else
          call step(a, b, ld, 2_c_int64_t, inner - 1, 2_c_int64_t, outer - 1, Ddt, row)
        end if
        done = done + 1
      end if
    end do
  end subroutine run

  ! One step of the cells left ... right of the lines first ... last.
  subroutine step(out, in, ld, left, right, first, last, Ddt, row)
    integer(c_int64_t), intent(in) :: ld, left, right, first, last
    real(c_double), intent(inout) :: out(ld, *)
    real(c_double), intent(in) :: in(ld, *), Ddt
    logical, intent(in) :: row
    integer(c_int64_t) :: i, n

    n = right - left + 1
    i = first
    do while (i + 3 <= last)
      call four(out(left, i), out(left, i + 1), out(left, i + 2), out(left, i + 3), in(left - 1, i - 1), &
                in(left - 1, i), in(left - 1, i + 1), in(left - 1, i + 2), in(left - 1, i + 3), in(left - 1, i + 4), &
                n, Ddt, row)
      i = i + together
    end do
    do while (i <= last)
      call one(out(left, i), in(left - 1, i - 1), in(left - 1, i), in(left - 1, i + 1), n, Ddt, row)
      i = i + 1
    end do
  end subroutine step

  ! t steps of all interior cells, from the state in a after `done` steps. The last sweep leaves the last two
  ! states in a and b, another one the last state in a.
  subroutine sweep(a, b, ld, inner, outer, done, t, last, saved, Ddt, row)
    integer(c_int64_t), intent(in) :: ld, inner, outer, done
    real(c_double), intent(inout) :: a(ld, *), b(ld, *), saved(fused, *)
    integer, intent(in) :: t
    logical, intent(in) :: last, row
    real(c_double), intent(in) :: Ddt
    real(c_double), target :: space(group + room*slots)
    integer(c_int64_t) :: left, right, tiles
    integer :: shift

    ! A tile's lines begin with a cache line, so that no vector in them but the neighbours' lies on two.
    shift = int(modulo(-transfer(c_loc(space), 0_c_intptr_t), 8_c_intptr_t*group)/8)
    tiles = 1
    if (inner - 2 > whole) tiles = (inner - 2 + widest - 1)/widest
    left = 2
    do tiles = tiles, 1, -1
      right = left + (inner - left)/tiles - 1
      call tile(a, b, ld, inner, outer, left, right, int(mod(done, 2_c_int64_t)), t, last, saved, Ddt, row, &
                space(shift + 1))
      left = right + 1
    end do
  end subroutine sweep

  ! A sweep's cells left ... right of each line. Level s holds them after s of the steps, and of it only the
  ! lines that are needed: the next four lines of level s - 1, as they come, and the two before them give four
  ! lines of level s, one line behind; the last two of the six are kept for the next time. A level reaches over
  ! both ends of the tile by as many cells as there are levels to come, for each spoils one more there: what the
  ! neighbour computes, too. The tile on the left has been there before; of each line it saved its last cells,
  ! of level 0, and so does this one. (Time skewing with overlapped tiles: Wonnacott 2000; Datta 2009, chapter
  ! 5.)
  subroutine tile(a, b, ld, inner, outer, left, right, parity, t, last, saved, Ddt, row, line)
    integer(c_int64_t), intent(in) :: ld, inner, outer, left, right
    real(c_double), intent(inout) :: a(ld, *), b(ld, *), saved(fused, *)
    integer, intent(in) :: parity, t
    logical, intent(in) :: last, row
    real(c_double), intent(in) :: Ddt
    real(c_double), intent(inout) :: line(1 - group:room - group, slots) ! line(k, .) is cell before + k
    integer :: kept(2, 0:fused - 1), now(together), free(together), six(together + 2) ! slots
    integer(c_int64_t) :: before, top, i, n
    integer :: s, k, x, width, own

    before = max(left - t, 1_c_int64_t) - 1
    width = int(min(right + t, inner) - before)
    own = int(left - before)
    do s = 0, t - 1
      kept(:, s) = [2*s + 1, 2*s + 2]
    end do
    do k = 1, together
      now(k) = 2*t + k
      free(k) = 2*t + together + k
    end do
    do s = 1, 2*t + 2*together ! cells beyond the ends are computed, and thrown away
      do k = 1 - group, width + group
        line(k, s) = 0
      end do
    end do
    do top = 0, outer + t - 1, together ! lines top + 1 ... of level 0
      do k = 1, together
        i = top + k
        if (i > outer) exit
        call copy(line(own, now(k)), a(left, i), width - own + 1)
        if (left > 2) call copy(line(1, now(k)), saved(fused - t + 1, i), t)
        if (right < inner - 1) call copy(saved(fused - t + 1, i), a(right - t + 1, i), t)
        call set_boundary(line(1, now(k)), i, parity)
      end do
      do s = 1, t
        i = top - s ! lines i + 1 ... of level s
        if (i + together < 1) exit
        six = [kept(:, s - 1), now]
        x = (max(own - (t - s), 1) - 1)/group*group + 1
        n = (min(int(right - before) + t - s, width) - x + group)/group*group
        if (i >= 1 .and. i + together < outer) then
          call four(line(x, free(1)), line(x, free(2)), line(x, free(3)), line(x, free(4)), line(x - 1, six(1)), &
                    line(x - 1, six(2)), line(x - 1, six(3)), line(x - 1, six(4)), line(x - 1, six(5)), &
                    line(x - 1, six(6)), n, Ddt, row)
        else
          do k = 1, together
            if (i + k > 1 .and. i + k < outer) &
              call one(line(x, free(k)), line(x - 1, six(k)), line(x - 1, six(k + 1)), line(x - 1, six(k + 2)), n, &
                       Ddt, row)
          end do
        end if
        do k = 1, together
          if (i + k < 1 .or. i + k > outer) cycle
          call set_boundary(line(1, free(k)), i + k, parity + s)
          if (i + k == 1 .or. i + k == outer) cycle
          if (s < t .and. .not. (last .and. s == t - 1)) cycle
          if (last .and. mod(parity + s, 2) == 1) then
            call copy(b(left, i + k), line(own, free(k)), int(right - left) + 1)
          else
            call copy(a(left, i + k), line(own, free(k)), int(right - left) + 1)
          end if
        end do
        kept(:, s - 1) = six(together + 1:)
        now = free
        free = six(:together)
      end do
      if (s <= t) then ! level s has no line yet
        six = [kept(:, s - 1), now]
        kept(:, s - 1) = six(together + 1:)
        now = six(:together)
      end if
    end do

  contains

    ! The cells of line i that no step computes: those of a after an even number of steps, else those of b.
    subroutine set_boundary(cells, i, steps)
      real(c_double), intent(inout) :: cells(width)
      integer(c_int64_t), intent(in) :: i
      integer, intent(in) :: steps

      if (i == 1 .or. i == outer) then
        if (mod(steps, 2) == 0) then
          call copy(cells, a(before + 1, i), width)
        else
          call copy(cells, b(before + 1, i), width)
        end if
      else
        if (before == 0) cells(1) = merge(a(1, i), b(1, i), mod(steps, 2) == 0)
        if (before + width == inner) cells(width) = merge(a(inner, i), b(inner, i), mod(steps, 2) == 0)
      end if
    end subroutine set_boundary
  end subroutine tile

  subroutine copy(out, in, n)
    integer, intent(in) :: n
    real(c_double), intent(inout) :: out(n)
    real(c_double), intent(in) :: in(n)
    integer :: k

    !$omp simd
    do k = 1, n
      out(k) = in(k)
    end do
  end subroutine copy

  ! Four lines, from the six lines p ... u.
  subroutine four(v, w, x, y, p, q, r, s, t, u, n, Ddt, row)
    integer(c_int64_t), intent(in) :: n
    real(c_double), intent(inout) :: v(n), w(n), x(n), y(n)
    real(c_double), intent(in) :: p(0:n + 1), q(0:n + 1), r(0:n + 1), s(0:n + 1), t(0:n + 1), u(0:n + 1), Ddt
    logical, intent(in) :: row
    integer(c_int64_t) :: k

    if (row) then
      !$omp simd
      do k = 1, n
        v(k) = q(k) + Ddt*((((r(k) + p(k)) + q(k + 1)) + q(k - 1)) - 4*q(k))
        w(k) = r(k) + Ddt*((((s(k) + q(k)) + r(k + 1)) + r(k - 1)) - 4*r(k))
        x(k) = s(k) + Ddt*((((t(k) + r(k)) + s(k + 1)) + s(k - 1)) - 4*s(k))
        y(k) = t(k) + Ddt*((((u(k) + s(k)) + t(k + 1)) + t(k - 1)) - 4*t(k))
      end do
    else
      !$omp simd
      do k = 1, n
        v(k) = q(k) + Ddt*((((q(k + 1) + q(k - 1)) + r(k)) + p(k)) - 4*q(k))
        w(k) = r(k) + Ddt*((((r(k + 1) + r(k - 1)) + s(k)) + q(k)) - 4*r(k))
        x(k) = s(k) + Ddt*((((s(k + 1) + s(k - 1)) + t(k)) + r(k)) - 4*s(k))
        y(k) = t(k) + Ddt*((((t(k + 1) + t(k - 1)) + u(k)) + s(k)) - 4*t(k))
      end do
    end if
  end subroutine four

  subroutine one(v, p, q, r, n, Ddt, row)
    integer(c_int64_t), intent(in) :: n
    real(c_double), intent(inout) :: v(n)
    real(c_double), intent(in) :: p(0:n + 1), q(0:n + 1), r(0:n + 1), Ddt
    logical, intent(in) :: row
    integer(c_int64_t) :: k

    if (row) then
      !$omp simd
      do k = 1, n
        v(k) = q(k) + Ddt*((((r(k) + p(k)) + q(k + 1)) + q(k - 1)) - 4*q(k))
      end do
    else
      !$omp simd
      do k = 1, n
        v(k) = q(k) + Ddt*((((q(k + 1) + q(k - 1)) + r(k)) + p(k)) - 4*q(k))
      end do
    end if
  end subroutine one
end module toll_diffusion
