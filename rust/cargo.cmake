# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Has CARGO build the crate at MANIFEST for ARCH, by rustc with the FLAGS, with the hash HASH of toll.h, in the folder
# TARGET_DIR, and puts its ARCHIVE, without bitcode if there is an OBJCOPY, and its SHARED library into OUT. If there is a
# TARGET, it is for that machine, linked by LINKER. Where cargo leaves them depends on the user's own settings
# (build.target, for one), so what is copied is what cargo names in this run.

# The crate's profile, read as a configuration, goes before that of the user's environment and files, and so do
# these variables.
set(rustflags)
if(ARCH)
  set(rustflags "-C target-cpu=${ARCH}")
endif()
if(FLAGS)
  string(APPEND rustflags " ${FLAGS}")
endif()
set(target)
set(linker)
if(TARGET)
  set(target --target ${TARGET})
  string(MAKE_C_IDENTIFIER ${TARGET} name)
  string(TOUPPER "CARGO_TARGET_${name}_LINKER=" linker)
  string(APPEND linker ${LINKER})
endif()
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env --unset=CARGO_ENCODED_RUSTFLAGS "RUSTFLAGS=${rustflags}" CARGO_INCREMENTAL=0 ${linker}
          TOLL_HEADER_HASH=${HASH}
          ${CARGO} build --quiet --release --locked --manifest-path ${MANIFEST} --config ${MANIFEST}
          ${target} --target-dir ${TARGET_DIR} --message-format=json-render-diagnostics
  OUTPUT_VARIABLE messages
  RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "cargo fails: ${failed}")
endif()

# A message is a line of JSON. Lines are taken off one by one, since CMake's lists end neither at brackets nor at semicolons.
set(files)
while(messages MATCHES "^([^\n]*)\n(.*)$")
  set(message "${CMAKE_MATCH_1}")
  set(messages "${CMAKE_MATCH_2}")
  string(JSON reason ERROR_VARIABLE none GET "${message}" reason)
  if(NOT reason STREQUAL compiler-artifact)
    continue()
  endif()
  string(JSON count LENGTH "${message}" filenames)
  foreach(index RANGE 1 ${count})
    math(EXPR index "${index} - 1")
    string(JSON file GET "${message}" filenames ${index})
    list(APPEND files "${file}")
  endforeach()
endwhile()

foreach(name ${ARCHIVE} ${SHARED})
  set(built ${files})
  list(FILTER built INCLUDE REGEX "/${name}$")
  list(LENGTH built count)
  if(NOT count EQUAL 1 OR NOT EXISTS "${built}")
    message(FATAL_ERROR "cargo built '${files}', want one ${name}: CARGO_BUILD_TARGET or build.target in a "
                        "configuration of cargo's may name another machine than this one")
  endif()
  # A library that a program has open is replaced, not overwritten. The stamp says what was made of what.
  set(stamp ${TARGET_DIR}/${name}.stamp)
  file(SHA256 ${built} from)
  set(made)
  set(stamped)
  if(EXISTS ${OUT}/${name} AND EXISTS ${stamp})
    file(SHA256 ${OUT}/${name} made)
    file(READ ${stamp} stamped)
  endif()
  if(NOT stamped STREQUAL "${from} ${made}")
    configure_file(${built} ${OUT}/${name}.new COPYONLY)
    # The standard library's objects also hold LLVM's bitcode, and Go 1.27 links no archive with that.
    if(name STREQUAL ARCHIVE AND OBJCOPY)
      execute_process(COMMAND ${OBJCOPY} --remove-section .llvmbc --remove-section .llvmcmd ${OUT}/${name}.new
                      COMMAND_ERROR_IS_FATAL ANY)
    endif()
    file(SHA256 ${OUT}/${name}.new made)
    file(RENAME ${OUT}/${name}.new ${OUT}/${name})
    file(WRITE ${stamp} "${from} ${made}")
  endif()
endforeach()
