! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! What tells the two compilations of these files apart: the language fortran, and with -fopenmp fortran-omp.
! Both go into one program, so every procedure that a module shows has a binding name that starts with
! `prefix` (private procedures get no symbol), and no module shows a variable.
module toll_lang
  use, intrinsic :: iso_c_binding, only: c_int, c_int32_t
  use toll_abi, only: toll_dynamic, toll_guided
  implicit none
  private
  public :: language, prefix, set_schedule

  character(*), parameter :: language = TOLL_LANGUAGE
  character(*), parameter :: prefix = TOLL_PREFIX

contains

  ! The schedule that schedule(runtime) takes in the next region of this thread.
  subroutine set_schedule(schedule, chunk) bind(C, name=prefix//'set_schedule')
!$  use omp_lib, only: omp_sched_dynamic, omp_sched_guided, omp_sched_static, omp_set_schedule
    integer(c_int32_t), value :: schedule
    integer(c_int), value :: chunk

    select case (schedule)
    case (toll_dynamic)
!$    call omp_set_schedule(omp_sched_dynamic, chunk)
    case (toll_guided)
!$    call omp_set_schedule(omp_sched_guided, chunk)
    case default
!$    call omp_set_schedule(omp_sched_static, 0)
    end select
  end subroutine set_schedule
end module toll_lang
