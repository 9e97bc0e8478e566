! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! What tells the two compilations of these files apart: the language fortran, and with -fopenmp fortran-omp.
! Both go into one program, so every procedure that a module shows has a binding name that starts with
! `prefix` (private procedures get no symbol), and no module shows a variable. CMakeLists.txt gives each module a name
! of the language's own.
module toll_lang
!$ use, intrinsic :: iso_c_binding, only: c_int32_t, c_int64_t
  implicit none
  private
  public :: language, prefix

  character(*), parameter :: language = TOLL_LANGUAGE
  character(*), parameter :: prefix = TOLL_PREFIX

! Those of csrc/openmp.h, which says what they are for.
!$ public :: enter_region, leave_region, restore_schedule, set_schedule
!$ interface
!$  function set_schedule(schedule, chunk) result(before) bind(C, name=TOLL_PREFIX//'set_schedule')
!$    import :: c_int32_t, c_int64_t
!$    integer(c_int64_t) :: before
!$    integer(c_int32_t), value :: schedule, chunk
!$  end function set_schedule
!$  subroutine restore_schedule(before) bind(C, name=TOLL_PREFIX//'restore_schedule')
!$    import :: c_int64_t
!$    integer(c_int64_t), value :: before
!$  end subroutine restore_schedule
!$  function enter_region() result(before) bind(C, name=TOLL_PREFIX//'enter_region')
!$    import :: c_int64_t
!$    integer(c_int64_t) :: before
!$  end function enter_region
!$  subroutine leave_region(before) bind(C, name=TOLL_PREFIX//'leave_region')
!$    import :: c_int64_t
!$    integer(c_int64_t), value :: before
!$  end subroutine leave_region
!$ end interface
end module toll_lang
