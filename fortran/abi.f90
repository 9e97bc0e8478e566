! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! The mirror of csrc/include/toll.h, which holds the meaning. A table carries that file's hash, so a host
! refuses this library if it was not compiled again after a change there.
module toll_abi
  use, intrinsic :: iso_c_binding, only: c_funptr, c_int32_t, c_int64_t, c_ptr
  implicit none
  public

  private :: c_funptr, c_int32_t, c_int64_t, c_ptr

  integer(c_int32_t), parameter :: abi_version = 4

  integer(c_int32_t), parameter :: toll_ok = 0
  integer(c_int32_t), parameter :: toll_eshape = 1
  integer(c_int32_t), parameter :: toll_eshort = 2
  integer(c_int32_t), parameter :: toll_ealign = 3
  integer(c_int32_t), parameter :: toll_eoverlap = 4
  integer(c_int32_t), parameter :: toll_earg = 5

  integer(c_int32_t), parameter :: toll_static = 0
  integer(c_int32_t), parameter :: toll_dynamic = 1
  integer(c_int32_t), parameter :: toll_guided = 2

  ! A macro: gfortran emits symbols with the type's name in them, so the two compilations name it differently.
  type, bind(C) :: TOLL_TABLE_T
    integer(c_int32_t) :: abi_version
    integer(c_int32_t) :: struct_size
    integer(c_int64_t) :: header_hash
    type(c_ptr) :: language
    type(c_ptr) :: compiler
    type(c_ptr) :: flags
    type(c_funptr) :: call_noop
    type(c_funptr) :: call_not
    type(c_funptr) :: call_add
    type(c_funptr) :: call_sum
    type(c_funptr) :: diffusion_step_row
    type(c_funptr) :: diffusion_step_col
    type(c_funptr) :: diffusion_run_row
    type(c_funptr) :: diffusion_run_col
    type(c_funptr) :: julia
    type(c_funptr) :: ols_row
    type(c_funptr) :: ols_col
    type(c_funptr) :: diffusion_run_row_interchanged
    type(c_funptr) :: diffusion_run_col_interchanged
    type(c_funptr) :: julia_split
    type(c_funptr) :: ols_row_interchanged
    type(c_funptr) :: ols_col_interchanged
    type(c_funptr) :: transpose
    type(c_funptr) :: transpose_naive
    type(c_funptr) :: team
  end type TOLL_TABLE_T
end module toll_abi
