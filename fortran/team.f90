! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
module toll_team
  use, intrinsic :: iso_c_binding, only: c_int32_t
!$ use, intrinsic :: iso_c_binding, only: c_int64_t
!$ use omp_lib, only: omp_get_num_threads
!$ use toll_abi, only: toll_static
  use toll_lang, only: prefix
!$ use toll_lang, only: restore_schedule, set_schedule
  implicit none
  private
  public :: team

contains

  integer(c_int32_t) function team(threads) bind(C, name=prefix//'team')
    integer(c_int32_t), value :: threads
!$  integer(c_int64_t) :: before

    team = 0
    if (threads < 1 .or. threads > 1024) return
    team = 1
!$  before = set_schedule(toll_static, 0)
    !$omp parallel num_threads(threads)
    !$omp single
!$  team = omp_get_num_threads()
    !$omp end single
    !$omp end parallel
!$  call restore_schedule(before)
  end function team
end module toll_team
