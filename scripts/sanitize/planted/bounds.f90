! SPDX-FileCopyrightText: 2026 The Toll authors
! SPDX-License-Identifier: MIT
!
! A fault planted to test what is to find it: it reads one element behind an array.
program bounds
  implicit none
  integer :: numbers(10), behind
  character(8) :: argument
  numbers = 1
  call get_command_argument(1, argument)
  read (argument, *) behind
  print *, numbers(behind)
end program bounds
