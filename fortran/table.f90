! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
module toll_table
  use, intrinsic :: iso_c_binding, only: c_char, c_funloc, c_int32_t, c_int64_t, c_loc, c_null_char, c_ptr
  use, intrinsic :: iso_fortran_env, only: compiler_version
  use toll_abi, only: abi_version, TOLL_TABLE_T
  use toll_call, only: call_add, call_noop, call_not, call_sum
  use toll_diffusion, only: diffusion_run_col, diffusion_run_row, diffusion_step_col, diffusion_step_row
  use toll_interchanged, only: diffusion_run_col_interchanged, diffusion_run_row_interchanged, &
                               ols_col_interchanged, ols_row_interchanged
  use toll_julia, only: julia, julia_split
  use toll_lang, only: language, prefix
  use toll_ols, only: ols_col, ols_row
  use toll_team, only: team
  use toll_transpose, only: transpose_naive, transpose_tiles
  implicit none
  private
  public :: get_table

  character(*), parameter :: compiler = compiler_version()
  character(*), parameter :: flags = TOLL_FLAGS

contains

  ! No address is a constant in Fortran, so each call fills the table, component by component and always
  ! with the same values: no thread ever sees a component that it was given change.
  type(c_ptr) function get_table() bind(C, name=prefix//'table')
    type(TOLL_TABLE_T), save, target :: table
    character(len(language) + 1, c_char), save, target :: language_c = language//c_null_char
    character(len(compiler) + 1, c_char), save, target :: compiler_c = compiler//c_null_char
    character(len(flags) + 1, c_char), save, target :: flags_c = flags//c_null_char

    table%abi_version = abi_version
    table%struct_size = int(storage_size(table)/8, c_int32_t)
    table%header_hash = int(TOLL_HEADER_HASH, c_int64_t)
    table%language = c_loc(language_c)
    table%compiler = c_loc(compiler_c)
    table%flags = c_loc(flags_c)
    table%call_noop = c_funloc(call_noop)
    table%call_not = c_funloc(call_not)
    table%call_add = c_funloc(call_add)
    table%call_sum = c_funloc(call_sum)
    table%diffusion_step_row = c_funloc(diffusion_step_row)
    table%diffusion_step_col = c_funloc(diffusion_step_col)
    table%diffusion_run_row = c_funloc(diffusion_run_row)
    table%diffusion_run_col = c_funloc(diffusion_run_col)
    table%julia = c_funloc(julia)
    table%ols_row = c_funloc(ols_row)
    table%ols_col = c_funloc(ols_col)
    table%diffusion_run_row_interchanged = c_funloc(diffusion_run_row_interchanged)
    table%diffusion_run_col_interchanged = c_funloc(diffusion_run_col_interchanged)
    table%julia_split = c_funloc(julia_split)
    table%ols_row_interchanged = c_funloc(ols_row_interchanged)
    table%ols_col_interchanged = c_funloc(ols_col_interchanged)
    table%transpose = c_funloc(transpose_tiles)
    table%transpose_naive = c_funloc(transpose_naive)
    table%team = c_funloc(team)
    get_table = c_loc(table)
  end function get_table
end module toll_table
