# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Writes OUTPUT, a header with one hash over the files ARCHIVES, unless it says that already.
set(all "")
foreach(archive ${ARCHIVES})
  file(SHA256 ${archive} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 hash "${all}")
set(text "/* Generated. What the archives in build/lib hold. */\n#define TOLL_LIBS \"${hash}\"\n")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
