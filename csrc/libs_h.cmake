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
# A constant, since it must get into the object file: if that stayed the same, Go would not link again.
set(text "/* Generated. What the archives in build/lib hold. */\n__attribute__((used)) static const char toll_libs[] = \"${hash}\";\n")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT "${old}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
