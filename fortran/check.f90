! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! The checks that toll.h promises, in the order of its statuses.
module toll_check
  use, intrinsic :: iso_c_binding, only: c_associated, c_double, c_int32_t, c_int64_t, c_intptr_t, c_ptr
  use toll_abi, only: toll_earg, toll_ealign, toll_eoverlap, toll_eshape, toll_eshort, toll_guided, toll_ok, &
                      toll_static
  use toll_lang, only: prefix
  implicit none
  private
  public :: check_diffusion, check_julia, check_julia_split, check_ols, check_transpose, extent

  integer(c_int64_t), parameter :: int64_max = huge(0_c_int64_t)

contains

  ! The elements of a matrix of `outer` lines of `inner` adjacent ones, each line ld after the last, from the
  ! first to the last.
  pure integer(c_int64_t) function extent(outer, inner, ld) bind(C, name=prefix//'extent')
    integer(c_int64_t), value :: outer, inner, ld

    extent = (outer - 1)*ld + inner
  end function extent

  pure integer(c_int32_t) function check_diffusion(out, in, outer, inner, ld, lo, hi, rows, steps, D, dt, &
                                                   threads, schedule) &
    bind(C, name=prefix//'check_diffusion')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: outer, inner, ld, lo, hi, rows, steps
    real(c_double), value :: D, dt
    integer(c_int32_t), value :: threads, schedule
    integer(c_int64_t) :: bytes

    if (bad_shape(outer, inner, ld) .or. bad_range(lo, hi, rows)) then
      check_diffusion = toll_eshape
      return
    end if
    bytes = 8*extent(outer, inner, ld)
    if (.not. (c_associated(out) .and. c_associated(in))) then
      check_diffusion = toll_eshort
    else if (misaligned(out, 8) .or. misaligned(in, 8)) then
      check_diffusion = toll_ealign
    else if (overlap(out, bytes, in, bytes)) then
      check_diffusion = toll_eoverlap
    else if (steps < 0 .or. .not. finite(D) .or. .not. finite(dt) .or. bad_team(threads, schedule)) then
      check_diffusion = toll_earg
    else
      check_diffusion = toll_ok
    end if
  end function check_diffusion

  pure integer(c_int32_t) function check_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule) &
    bind(C, name=prefix//'check_julia')
    type(c_ptr), value :: out, zs, cs
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule

    if (n < 1 .or. n > int64_max/16 .or. bad_range(lo, hi, n)) then
      check_julia = toll_eshape
    else if (.not. (c_associated(out) .and. c_associated(zs) .and. c_associated(cs))) then
      check_julia = toll_eshort
    else if (misaligned(out, 4) .or. misaligned(zs, 8) .or. misaligned(cs, 8)) then
      check_julia = toll_ealign
    else if (overlap(out, 4*n, zs, 16*n) .or. overlap(out, 4*n, cs, 16*n)) then
      check_julia = toll_eoverlap
    else if (maxiter < 0 .or. bad_team(threads, schedule)) then
      check_julia = toll_earg
    else
      check_julia = toll_ok
    end if
  end function check_julia

  pure integer(c_int32_t) function check_julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule) &
    bind(C, name=prefix//'check_julia_split')
    type(c_ptr), value :: out, zr, zi, cr, ci
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule

    if (n < 1 .or. n > int64_max/8 .or. bad_range(lo, hi, n)) then
      check_julia_split = toll_eshape
    else if (.not. (c_associated(out) .and. c_associated(zr) .and. c_associated(zi) .and. c_associated(cr) .and. &
                    c_associated(ci))) then
      check_julia_split = toll_eshort
    else if (misaligned(out, 4) .or. misaligned(zr, 8) .or. misaligned(zi, 8) .or. misaligned(cr, 8) .or. &
             misaligned(ci, 8)) then
      check_julia_split = toll_ealign
    else if (overlap(out, 4*n, zr, 8*n) .or. overlap(out, 4*n, zi, 8*n) .or. overlap(out, 4*n, cr, 8*n) .or. &
             overlap(out, 4*n, ci, 8*n)) then
      check_julia_split = toll_eoverlap
    else if (maxiter < 0 .or. bad_team(threads, schedule)) then
      check_julia_split = toll_earg
    else
      check_julia_split = toll_ok
    end if
  end function check_julia_split

  pure integer(c_int32_t) function check_ols(slope, intercept, y, outer, inner, ld, lo, hi, rows, n, &
                                             threads, schedule) &
    bind(C, name=prefix//'check_ols')
    type(c_ptr), value :: slope, intercept, y
    integer(c_int64_t), value :: outer, inner, ld, lo, hi, rows, n
    integer(c_int32_t), value :: threads, schedule
    integer(c_int64_t) :: line, bytes

    if (bad_shape(outer, inner, ld) .or. n < 2 .or. bad_range(lo, hi, rows)) then
      check_ols = toll_eshape
      return
    end if
    line = 8*rows
    bytes = 8*extent(outer, inner, ld)
    if (.not. (c_associated(slope) .and. c_associated(intercept) .and. c_associated(y))) then
      check_ols = toll_eshort
    else if (misaligned(slope, 8) .or. misaligned(intercept, 8) .or. misaligned(y, 8)) then
      check_ols = toll_ealign
    else if (overlap(slope, line, intercept, line) .or. overlap(slope, line, y, bytes) .or. &
             overlap(intercept, line, y, bytes)) then
      check_ols = toll_eoverlap
    else if (bad_team(threads, schedule)) then
      check_ols = toll_earg
    else
      check_ols = toll_ok
    end if
  end function check_ols

  pure integer(c_int32_t) function check_transpose(out, in, rows, cols, ld_out, ld_in, threads, schedule) &
    bind(C, name=prefix//'check_transpose')
    type(c_ptr), value :: out, in
    integer(c_int64_t), value :: rows, cols, ld_out, ld_in
    integer(c_int32_t), value :: threads, schedule

    if (bad_shape(rows, cols, ld_in) .or. bad_shape(cols, rows, ld_out)) then
      check_transpose = toll_eshape
    else if (.not. (c_associated(out) .and. c_associated(in))) then
      check_transpose = toll_eshort
    else if (misaligned(out, 8) .or. misaligned(in, 8)) then
      check_transpose = toll_ealign
    else if (overlap(out, 8*extent(cols, rows, ld_out), in, 8*extent(rows, cols, ld_in))) then
      check_transpose = toll_eoverlap
    else if (bad_team(threads, schedule)) then
      check_transpose = toll_earg
    else
      check_transpose = toll_ok
    end if
  end function check_transpose

  pure logical function bad_shape(outer, inner, ld)
    integer(c_int64_t), intent(in) :: outer, inner, ld
    integer(c_int64_t), parameter :: most = int64_max/8

    bad_shape = outer < 1 .or. inner < 1 .or. inner > most .or. ld < inner
    if (.not. bad_shape .and. outer > 1) bad_shape = ld > (most - inner)/(outer - 1)
  end function bad_shape

  pure logical function bad_range(lo, hi, count)
    integer(c_int64_t), intent(in) :: lo, hi, count

    bad_range = lo < 0 .or. hi < lo .or. hi > count
  end function bad_range

  pure logical function misaligned(p, size)
    type(c_ptr), intent(in) :: p
    integer, intent(in) :: size

    misaligned = iand(transfer(p, 0_c_intptr_t), int(size - 1, c_intptr_t)) /= 0
  end function misaligned

  ! blt compares as unsigned numbers, which addresses are.
  pure logical function overlap(p, p_bytes, q, q_bytes)
    type(c_ptr), intent(in) :: p, q
    integer(c_int64_t), intent(in) :: p_bytes, q_bytes
    integer(c_intptr_t) :: a, b

    a = transfer(p, a)
    b = transfer(q, b)
    if (blt(a, b)) then
      overlap = within(a, p_bytes, b)
    else
      overlap = within(b, q_bytes, a)
    end if
  end function overlap

  ! Whether the address is one of so many bytes from first on, and not before it. Half of the distance is a signed number,
  ! which the distance may be too large for.
  pure logical function within(first, bytes, address)
    integer(c_intptr_t), intent(in) :: first, address
    integer(c_int64_t), intent(in) :: bytes
    integer(c_intptr_t) :: half

    half = shiftr(address, 1) - shiftr(first, 1)
    within = half <= shiftr(huge(half), 1)
    if (within) within = 2*half + (iand(address, 1_c_intptr_t) - iand(first, 1_c_intptr_t)) < bytes
  end function within

  ! Not ieee_is_finite: a procedure that uses ieee_arithmetic calls the Fortran library to save its flags.
  pure logical function finite(x)
    real(c_double), intent(in) :: x

    finite = abs(x) <= huge(x)
  end function finite

  pure logical function bad_team(threads, schedule)
    integer(c_int32_t), intent(in) :: threads, schedule

    bad_team = threads < 1 .or. threads > 1024 .or. schedule < toll_static .or. schedule > toll_guided
  end function bad_team
end module toll_check
