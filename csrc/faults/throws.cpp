// SPDX-FileCopyrightText: 2026 The Toll authors
// SPDX-License-Identifier: MIT
//
// An exception that nobody catches.
#include <cstdint>
#include <stdexcept>

extern "C" std::int32_t faults_cxx_exception() { throw std::runtime_error("on purpose"); }
