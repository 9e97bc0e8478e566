! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! The Julia set, tuned. The points of a block are iterated in groups of `lanes`, several vectors whose chains of
! operations overlap. The survivors move together after a few iterations, so that no lane idles for long (stream
! compaction: Billeter, Olsson, Assarsson 2009).
!
! Why the counts are the plain loop's. Each lane does the plain loop's operations in their order, and goes on
! after its escape; so what is needed is that a point never comes back. Let |c|^2 < far. If the computed |z|^2
! is not below 4 then |z| >= 2 but for roundings (1e-15), and |z^2 + c| >= 4 - |c| > 2.002: the next computed
! |z|^2 is at least 4, too. An overflow gives infinities, and those give infinities or NaN, for which no |z|^2
! is below 4 either; a NaN stays one. So a lane counts one for each test that the plain loop passes, and nothing
! after. Where |c|^2 is not below far, or NaN, the plain loop runs.
module toll_julia
  use, intrinsic :: iso_c_binding, only: c_double, c_f_pointer, c_int32_t, c_int64_t, c_ptr
  use toll_abi, only: toll_ok
  use toll_check, only: check_julia, check_julia_split
  use toll_lang, only: prefix
  implicit none
  private
  public :: julia, julia_split, brute_julia, brute_julia_split

  integer, parameter :: width = TOLL_WIDTH ! numbers in a vector
  integer, parameter :: lanes = 4*width
  integer, parameter :: part = 2*width     ! survivors of the first iterations are looked for in parts of a group
  integer, parameter :: block = 2048       ! points whose survivors move together
  integer, parameter :: first = 4          ! iterations until the first move, which most points do not live to see
  integer, parameter :: chunk = 16         ! iterations between later ones
  integer, parameter :: few = 3            ! fewer points are iterated one by one
  real(c_double), parameter :: far = 3.99_c_double

  ! The types are macros, as in abi.f90, which says why.

  ! The points of a block that have not escaped yet.
  type :: TOLL_POINTS_T
    integer :: n, done ! how many, and the iterations that each of them has behind it
    integer(c_int32_t) :: number(block + lanes)
    real(c_double) :: zr(block + lanes), zi(block + lanes), cr(block + lanes), ci(block + lanes)
    logical :: same ! the first `lanes` of cr and ci hold for every point
  end type TOLL_POINTS_T

  integer, parameter :: longest = 64 ! period
  integer, parameter :: discs = 8    ! of a trap, that are looked into after a chunk

  ! Discs around the points p(k) of an attracting cycle of c, radius2 their radii squared. The computed orbit of
  ! a point in one of them stays in them, below |z| = 2, for ever: its count is maxiter. See certify.
  type :: TOLL_TRAP_T
    real(c_double) :: cr, ci
    integer :: period ! 0: none is known
    real(c_double) :: re(longest), im(longest), radius2(longest)
    real(c_double) :: near ! |z|^2 < near lies in one of the discs, and sooner or later every orbit gets there; or 0
  end type TOLL_TRAP_T

contains

  integer(c_int32_t) function julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule) &
    result(status) bind(C, name=prefix//'julia')
    type(c_ptr), value :: out, zs, cs
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule

    status = check_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule)
    if (status == toll_ok) call count_pairs(out, zs, cs, n, lo, hi, maxiter, .true.)
  end function julia

  integer(c_int32_t) function brute_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule) &
    result(status) bind(C, name=prefix//'brute_julia')
    type(c_ptr), value :: out, zs, cs
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule

    status = check_julia(out, zs, cs, n, lo, hi, maxiter, threads, schedule)
    if (status == toll_ok) call count_pairs(out, zs, cs, n, lo, hi, maxiter, .false.)
  end function brute_julia

  integer(c_int32_t) function julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule) &
    result(status) bind(C, name=prefix//'julia_split')
    type(c_ptr), value :: out, zr, zi, cr, ci
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule

    status = check_julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule)
    if (status == toll_ok) call count_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, .true.)
  end function julia_split

  integer(c_int32_t) function brute_julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule) &
    result(status) bind(C, name=prefix//'brute_julia_split')
    type(c_ptr), value :: out, zr, zi, cr, ci
    integer(c_int64_t), value :: n, lo, hi
    integer(c_int32_t), value :: maxiter, threads, schedule

    status = check_julia_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, threads, schedule)
    if (status == toll_ok) call count_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, .false.)
  end function brute_julia_split

  subroutine count_pairs(out, zs, cs, n, lo, hi, maxiter, trapping)
    type(c_ptr), intent(in) :: out, zs, cs
    integer(c_int64_t), intent(in) :: n, lo, hi
    integer(c_int32_t), intent(in) :: maxiter
    logical, intent(in) :: trapping
    integer(c_int32_t), pointer, contiguous :: counts(:)
    real(c_double), pointer, contiguous :: z(:), c(:)
    integer(c_int64_t) :: k, e
    type(TOLL_TRAP_T) :: t

    call c_f_pointer(out, counts, [n])
    call c_f_pointer(zs, z, [2*n])
    call c_f_pointer(cs, c, [2*n])
    t%cr = 4 ! no c that a trap is asked for
    t%ci = 0
    do k = lo + 1, hi, block
      e = min(hi, k + block - 1)
      call count_block(counts(k:e), z(2*k - 1:2*e), z(2*k - 1:2*e), c(2*k - 1:2*e), c(2*k - 1:2*e), 2, &
                       int(e - k + 1), maxiter, trapping, t)
    end do
  end subroutine count_pairs

  subroutine count_split(out, zr, zi, cr, ci, n, lo, hi, maxiter, trapping)
    type(c_ptr), intent(in) :: out, zr, zi, cr, ci
    integer(c_int64_t), intent(in) :: n, lo, hi
    integer(c_int32_t), intent(in) :: maxiter
    logical, intent(in) :: trapping
    integer(c_int32_t), pointer, contiguous :: counts(:)
    real(c_double), pointer, contiguous :: z_re(:), z_im(:), c_re(:), c_im(:)
    integer(c_int64_t) :: k, e
    type(TOLL_TRAP_T) :: t

    call c_f_pointer(out, counts, [n])
    call c_f_pointer(zr, z_re, [n])
    call c_f_pointer(zi, z_im, [n])
    call c_f_pointer(cr, c_re, [n])
    call c_f_pointer(ci, c_im, [n])
    t%cr = 4 ! no c that a trap is asked for
    t%ci = 0
    do k = lo + 1, hi, block
      e = min(hi, k + block - 1)
      call count_block(counts(k:e), z_re(k:e), z_im(k:e), c_re(k:e), c_im(k:e), 1, int(e - k + 1), maxiter, &
                       trapping, t)
    end do
  end subroutine count_split

  ! The numbers of a point are `stride` apart: 1 if its parts lie in arrays of their own; 2 if they lie side by
  ! side, and then re and im are the same array. So it is for all points below.
  subroutine count_block(counts, re, im, c_re, c_im, stride, n, maxiter, trapping, t)
    integer, intent(in) :: stride, n
    integer(c_int32_t), intent(inout) :: counts(n)
    real(c_double), intent(in) :: re(stride, n), im(stride, n), c_re(stride, n), c_im(stride, n)
    integer(c_int32_t), intent(in) :: maxiter
    logical, intent(in) :: trapping
    type(TOLL_TRAP_T), intent(inout) :: t
    type(TOLL_POINTS_T) :: p
    integer :: l, steps, round

    if (maxiter == 0) then
      counts = 0
      return
    end if
    p%same = n >= few .and. inside(c_re(1, 1), c_im(stride, 1))
    if (p%same) then
      p%cr(:lanes) = c_re(1, 1)
      p%ci(:lanes) = c_im(stride, 1)
      call start(p, counts, re, im, c_re, c_im, stride, n, min(first, maxiter))
    end if
    if (.not. p%same) then
      if (n < few .or. .not. all_inside(c_re, c_im, stride, n)) then
        do l = 1, n
          counts(l) = escape(re(1, l), im(stride, l), c_re(1, l), c_im(stride, l), 0, maxiter)
        end do
        return
      end if
      call take(p, re, im, c_re, c_im, stride, n)
    end if
    round = 0
    do while (p%n >= few .and. p%done < maxiter)
      steps = min(chunk, maxiter - p%done)
      if (p%done < 2*first) steps = min(first, steps)
      if (trapping .and. p%same .and. p%done >= 2*first) call set_trap(t, p, maxiter)
      if (trapping .and. p%same .and. t%cr == p%cr(1) .and. t%ci == p%ci(1)) then
        call pass(p, counts, steps, maxiter, t, round)
        round = round + 1
      else
        call pass(p, counts, steps, maxiter)
      end if
    end do
    do l = 1, p%n
      steps = merge(1, l, p%same)
      counts(p%number(l)) = escape(p%zr(l), p%zi(l), p%cr(steps), p%ci(steps), p%done, maxiter)
    end do
  end subroutine count_block

  pure logical function inside(cr, ci)
    real(c_double), intent(in) :: cr, ci

    inside = cr*cr + ci*ci < far
  end function inside

  pure logical function all_inside(c_re, c_im, stride, n)
    integer, intent(in) :: stride, n
    real(c_double), intent(in) :: c_re(stride, n), c_im(stride, n)
    integer :: l

    all_inside = .true.
    do l = 1, n
      all_inside = all_inside .and. inside(c_re(1, l), c_im(stride, l))
    end do
  end function all_inside

  ! In real and imaginary parts, for a complex product leaves the order of its operations to the compiler.
  pure integer(c_int32_t) function escape(z_re, z_im, cr, ci, done, maxiter) result(i)
    real(c_double), intent(in) :: z_re, z_im, cr, ci
    integer, intent(in) :: done
    integer(c_int32_t), intent(in) :: maxiter
    real(c_double) :: zr, zi, re

    zr = z_re
    zi = z_im
    i = done
    do while (i < maxiter .and. zr*zr + zi*zi < 4)
      re = (zr*zr - zi*zi) + cr
      zi = 2*(zr*zi) + ci
      zr = re
      i = i + 1
    end do
  end function escape

  ! All points, each with its own c.
  subroutine take(p, re, im, c_re, c_im, stride, n)
    type(TOLL_POINTS_T), intent(inout) :: p
    integer, intent(in) :: stride, n
    real(c_double), intent(in) :: re(stride, n), im(stride, n), c_re(stride, n), c_im(stride, n)
    integer :: l

    p%n = n
    p%done = 0
    do l = 1, n
      p%zr(l) = re(1, l)
      p%zi(l) = im(stride, l)
      p%cr(l) = c_re(1, l)
      p%ci(l) = c_im(stride, l)
      p%number(l) = l
    end do
  end subroutine take

  ! The first iterations of all points, which have the first one's c: p%same says whether they did. (The sign of
  ! a c that is 0 plays no part in a count.)
  subroutine start(p, counts, re, im, c_re, c_im, stride, n, steps)
    type(TOLL_POINTS_T), intent(inout) :: p
    integer, intent(in) :: stride, n, steps
    integer(c_int32_t), intent(inout) :: counts(n)
    real(c_double), intent(in) :: re(stride*n), im(stride*n), c_re(stride*n), c_im(stride*n)
    real(c_double) :: x(lanes), y(lanes), a(lanes), b(lanes), ab(2*lanes)
    integer(c_int64_t) :: k(lanes), other(2*lanes), gone
    integer :: g, h, l, size, kept

    do l = 1, lanes
      a(l) = p%cr(l)
      b(l) = p%ci(l)
      ab(2*l - 1) = p%cr(l)
      ab(2*l) = p%ci(l)
      other(l) = 0
      other(lanes + l) = 0
    end do
    kept = 0
    do g = 0, n - 1, lanes
      size = min(lanes, n - g)
      if (size < lanes) then
        do l = 1, lanes ! 4 has escaped
          x(l) = 4
          y(l) = 4
        end do
        do l = 1, size
          x(l) = re(stride*(g + l - 1) + 1)
          y(l) = im(stride*(g + l))
          if (.not. (c_re(stride*(g + l - 1) + 1) == a(1) .and. c_im(stride*(g + l)) == b(1))) other(l) = 1
        end do
      else if (stride == 2) then
        !$omp simd
        do l = 1, lanes
          x(l) = re(2*(g + l) - 1)
          y(l) = re(2*(g + l))
        end do
        !$omp simd
        do l = 1, 2*lanes
          other(l) = merge(other(l), 1_c_int64_t, c_re(2*g + l) == ab(l))
        end do
      else
        !$omp simd
        do l = 1, lanes
          x(l) = re(g + l)
          y(l) = im(g + l)
          other(l) = merge(other(l), 1_c_int64_t, c_re(g + l) == a(l))
          other(l) = merge(other(l), 1_c_int64_t, c_im(g + l) == b(l))
        end do
      end if
      call iterate(x, y, k, a, b, steps)
      if (size == lanes) then
        !$omp simd
        do l = 1, lanes
          counts(g + l) = int(k(l), c_int32_t)
        end do
      else
        do l = 1, size
          counts(g + l) = int(k(l), c_int32_t)
        end do
      end if
      do h = 0, lanes - part, part
        gone = 0
        !$omp simd reduction(+:gone)
        do l = h + 1, h + part
          gone = gone + merge(1_c_int64_t, 0_c_int64_t, k(l) /= steps)
        end do
        if (gone == 0) then
          !$omp simd
          do l = h + 1, h + part
            p%zr(kept - h + l) = x(l)
            p%zi(kept - h + l) = y(l)
            p%number(kept - h + l) = g + l
          end do
          kept = kept + part
        else if (gone < part) then
          do l = h + 1, h + part
            p%zr(kept + 1) = x(l)
            p%zi(kept + 1) = y(l)
            p%number(kept + 1) = g + l
            kept = kept + merge(1, 0, k(l) == steps)
          end do
        end if
      end do
    end do
    p%n = kept
    p%done = steps
    p%same = sum(other) == 0
  end subroutine start

  ! `steps` further iterations of all points. Those that end get their counts, and the others move together.
  subroutine pass(p, counts, steps, maxiter, t, round)
    type(TOLL_POINTS_T), intent(inout) :: p
    integer(c_int32_t), intent(inout) :: counts(*)
    integer, intent(in) :: steps
    integer(c_int32_t), intent(in) :: maxiter
    type(TOLL_TRAP_T), intent(in), optional :: t
    integer, intent(in), optional :: round
    real(c_double) :: x(lanes), y(lanes), a(lanes), b(lanes), least(lanes)
    integer(c_int64_t) :: k(lanes), gone, rest
    integer :: g, l, q, kept
    logical :: near

    near = .false.
    if (present(t)) near = t%near > 0
    rest = maxiter - p%done
    do l = p%n + 1, p%n + lanes ! 4 has escaped
      p%zr(l) = 4
      p%zi(l) = 4
      if (.not. p%same) p%cr(l) = 0
      if (.not. p%same) p%ci(l) = 0
    end do
    kept = 0
    do g = 0, p%n - 1, lanes
      !$omp simd
      do l = 1, lanes
        x(l) = p%zr(g + l)
        y(l) = p%zi(g + l)
      end do
      if (g == 0 .or. .not. p%same) then
        !$omp simd
        do l = 1, lanes
          a(l) = p%cr(g + l)
          b(l) = p%ci(g + l)
        end do
      end if
      if (near) then
        call iterate_near(x, y, k, least, a, b, steps)
        !$omp simd
        do l = 1, lanes
          k(l) = merge(rest, k(l), least(l) < t%near)
        end do
      else
        call iterate(x, y, k, a, b, steps)
        if (present(t)) then
          do q = 0, min(discs, t%period) - 1
            call look(x, y, k, rest, t, 1 + mod(p%done + steps + discs*round + q, t%period))
          end do
        end if
      end if
      gone = 0
      !$omp simd reduction(+:gone)
      do l = 1, lanes
        gone = gone + merge(1_c_int64_t, 0_c_int64_t, k(l) /= steps)
      end do
      if (gone == 0) then
        !$omp simd
        do l = 1, lanes
          p%zr(kept + l) = x(l)
          p%zi(kept + l) = y(l)
        end do
        !$omp simd
        do l = 1, lanes
          p%number(kept + l) = p%number(g + l)
        end do
        if (.not. p%same) then
          !$omp simd
          do l = 1, lanes
            p%cr(kept + l) = a(l)
            p%ci(kept + l) = b(l)
          end do
        end if
        kept = kept + lanes
      else
        do l = 1, min(lanes, p%n - g) ! without branches: a survivor's count is written again later
          counts(p%number(g + l)) = p%done + int(k(l), c_int32_t)
          p%zr(kept + 1) = x(l)
          p%zi(kept + 1) = y(l)
          p%number(kept + 1) = p%number(g + l)
          if (.not. p%same) p%cr(kept + 1) = a(l)
          if (.not. p%same) p%ci(kept + 1) = b(l)
          kept = kept + merge(1, 0, k(l) == steps)
        end do
      end if
    end do
    p%n = kept
    p%done = p%done + steps
  end subroutine pass

  ! k counts the tests that each lane passes.
  subroutine iterate(x, y, k, a, b, steps)
    real(c_double), intent(inout) :: x(lanes), y(lanes)
    integer(c_int64_t), intent(out) :: k(lanes)
    real(c_double), intent(in) :: a(lanes), b(lanes)
    integer, intent(in) :: steps
    real(c_double) :: s, t, xy
    integer :: i, l

    !$omp simd
    do l = 1, lanes
      k(l) = 0
    end do
    do i = 1, steps
      !$omp simd private(s, t, xy)
      do l = 1, lanes
        s = x(l)*x(l)
        t = y(l)*y(l)
        xy = x(l)*y(l)
        k(l) = merge(k(l) + 1, k(l), s + t < 4)
        x(l) = (s - t) + a(l)
        y(l) = 2*xy + b(l)
      end do
    end do
  end subroutine iterate

  ! As iterate; `least` is the smallest |z|^2 on the way.
  subroutine iterate_near(x, y, k, least, a, b, steps)
    real(c_double), intent(inout) :: x(lanes), y(lanes)
    integer(c_int64_t), intent(out) :: k(lanes)
    real(c_double), intent(out) :: least(lanes)
    real(c_double), intent(in) :: a(lanes), b(lanes)
    integer, intent(in) :: steps
    real(c_double) :: s, t, xy
    integer :: i, l

    !$omp simd
    do l = 1, lanes
      k(l) = 0
      least(l) = 4
    end do
    do i = 1, steps
      !$omp simd private(s, t, xy)
      do l = 1, lanes
        s = x(l)*x(l)
        t = y(l)*y(l)
        xy = x(l)*y(l)
        least(l) = merge(s + t, least(l), s + t < least(l))
        k(l) = merge(k(l) + 1, k(l), s + t < 4)
        x(l) = (s - t) + a(l)
        y(l) = 2*xy + b(l)
      end do
    end do
  end subroutine iterate_near

  ! Lets the lanes in disc q count to the end. The roundings of the comparison are below the margin in radius2.
  subroutine look(x, y, k, rest, t, q)
    real(c_double), intent(in) :: x(lanes), y(lanes)
    integer(c_int64_t), intent(inout) :: k(lanes)
    integer(c_int64_t), intent(in) :: rest
    type(TOLL_TRAP_T), intent(in) :: t
    integer, intent(in) :: q
    integer :: l

    !$omp simd
    do l = 1, lanes
      k(l) = merge(rest, k(l), (x(l) - t%re(q))*(x(l) - t%re(q)) + (y(l) - t%im(q))*(y(l) - t%im(q)) < t%radius2(q))
    end do
  end subroutine look

  ! Sets the trap of the points' c, if it is not set and the iterations that are left are worth it.
  subroutine set_trap(t, p, maxiter)
    type(TOLL_TRAP_T), intent(inout) :: t
    type(TOLL_POINTS_T), intent(in) :: p
    integer(c_int32_t), intent(in) :: maxiter
    integer(c_int64_t) :: work

    if (t%cr == p%cr(1) .and. t%ci == p%ci(1)) return
    work = int(p%n, c_int64_t)*(maxiter - p%done)
    if (work < 16384) return
    t%cr = p%cr(1)
    t%ci = p%ci(1)
    call certify(t, int(min(work/64, 8192_c_int64_t)))
  end subroutine set_trap

  ! Follows the orbit of 0, which ends in the attracting cycle of c if there is one (Fatou; Milnor, Dynamics in
  ! One Complex Variable, theorem 8.6), for about `most` steps, until it nearly recurs: after p(1) ... p(m)
  ! comes a number that is at a distance of d from p(1), in computed steps.
  !
  ! A disc of radius r around p(k) is mapped into one of radius (2|p(k)| + r)r around p(k)^2 + c, as |z^2 - p^2|
  ! = |z - p||z + p|. The roundings of the two computed steps, of z and of p, add less than 1e-14 as long as |z|
  ! and |c| are below 2. So if the radius after m steps, and d, together are less than the first one, then the
  ! discs hold the computed orbit of whatever enters them.
  subroutine certify(t, most)
    type(TOLL_TRAP_T), intent(inout) :: t
    integer, intent(in) :: most
    real(c_double) :: x, y, re, d, r, up, modulus(longest)
    integer :: i, k, m, n

    t%period = 0
    t%near = 0
    x = 0
    y = 0
    n = 64
    search: do while (n <= most)
      do i = 1, n
        if (.not. x*x + y*y < 4) return
        re = (x*x - y*y) + t%cr
        y = 2*(x*y) + t%ci
        x = re
      end do
      n = 2*n
      do m = 1, longest
        t%re(m) = x
        t%im(m) = y
        modulus(m) = sqrt(x*x + y*y)*(1 + 1e-12_c_double)
        re = (x*x - y*y) + t%cr
        y = 2*(x*y) + t%ci
        x = re
        d = abs(x - t%re(1)) + abs(y - t%im(1))
        if (.not. d < 1e-6_c_double) cycle
        r = 1
        do while (.not. traps(t, modulus, m, r, d))
          r = r/2
          if (r < 1e-5_c_double) cycle search
        end do
        up = r/2
        do i = 1, 10
          if (traps(t, modulus, m, r + up, d)) r = r + up
          up = up/2
        end do
        if (.not. traps(t, modulus, m, r, d)) return
        t%period = m
        do k = 1, m
          r = sqrt(t%radius2(k))
          if (r > 2*modulus(k)) t%near = max(t%near, (r - modulus(k))*(r - modulus(k))*(1 - 1e-10_c_double))
        end do
        return
      end do
    end do search
  end subroutine certify

  ! Whether a disc of radius r around p(1) is mapped into itself by m steps, below |z| = 2. Sets the radii.
  logical function traps(t, modulus, m, r, d)
    type(TOLL_TRAP_T), intent(inout) :: t
    integer, intent(in) :: m
    real(c_double), intent(in) :: modulus(m), r, d
    real(c_double) :: radius
    integer :: k

    traps = .false.
    radius = r
    do k = 1, m
      if (.not. modulus(k) + radius < 2 - 1e-9_c_double) return
      t%radius2(k) = radius*radius*(1 - 1e-10_c_double)
      radius = ((2*modulus(k) + radius)*radius + 1e-14_c_double)*(1 + 1e-12_c_double)
    end do
    traps = radius + d < r*(1 - 1e-12_c_double)
  end function traps
end module toll_julia
