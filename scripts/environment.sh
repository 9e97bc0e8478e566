#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Every script reads this first, in the root of the tree. It removes, or refuses by name, variables of the user that
# would silently change the build. It says so where the user asked for something.
export LC_ALL=C.UTF-8
unset POSIXLY_CORRECT DESTDIR "${!PYTHON@}"
# As in a hook of another repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_COMMON_DIR GIT_OBJECT_DIRECTORY GIT_NAMESPACE GIT_PREFIX
set +o posix
umask u+rwx

say() { echo "${0##*/}: $*" >&2; }

fail() {
    say "$@"
    exit 1
}

# logged <log> <command>... runs the command. Its output goes to the log, which is shown if it fails.
logged() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
}

# packages <folder> <python> <requirements> [<source>] makes a virtual environment of the pinned requirements, with network,
# unless it exists. Those of <source> have no wheel: they are built in the environment of the others. Its stamp records its
# inputs, and is written last: an interrupted one is made again.
packages() {
    local made_from
    made_from="$PWD $2 $(cat "${@:3}" | sha256sum)"
    [ "$(cat "$1/stamp" 2>/dev/null)" = "$made_from" ] && return
    say "making $1 for $2"
    rm -f "$1/stamp"
    rm -rf "$1"
    logged "$1.log" "${2% *}" -I -m venv "$1"
    logged "$1.log" "$1/bin/python" -I scripts/pip.py --disable-pip-version-check install \
        --progress-bar off --require-hashes --only-binary :all: -r "$3"
    [ -z "${4:-}" ] || logged "$1.log" "$1/bin/python" -I scripts/pip.py --disable-pip-version-check install \
        --progress-bar off --require-hashes --no-binary :all: --no-deps --no-build-isolation -r "$4"
    echo "$made_from" >"$1/stamp"
}

# Prints this tree's revision only: an unpacked archive may lie in another repository.
revision() {
    if [ "$(git rev-parse --show-cdup 2>/dev/null || echo none)" != "" ] || ! git describe --always --dirty 2>/dev/null; then
        echo unknown
    fi
}

# without <why> <variable>... unsets the variables.
without() {
    local name
    for name in "${@:2}"; do
        [ -z "${!name:-}" ] || say "$name is '${!name}'; ignored: $1"
        unset "$name"
    done
}

# Characters with a meaning to some tool: the linker, cgo, ninja, rust-lld, the virtual environment. All accept a space
# or a comma.
odd=${PWD//[A-Za-z0-9\/._+,=@~ -]/}
odd=${odd//[![:ascii:]]/}
[ -z "$odd" ] ||
    fail "the path of this folder, '$PWD', has ${odd@Q}: want ASCII letters, digits, space, any of /._+,=@~- or characters beyond ASCII"

{ mkdir -p build && [ -w build ]; } 2>/dev/null ||
    fail "want a folder that can be written to, not '$PWD/build': all that the scripts make is there. What is built works"

if [ -n "${TMPDIR:-}" ]; then
    case $TMPDIR in
    /*) [ -d "$TMPDIR" ] && [ -w "$TMPDIR" ] || fail "TMPDIR is '$TMPDIR', want a folder that can be written to" ;;
    *) fail "TMPDIR is '$TMPDIR', want an absolute path" ;;
    esac
fi

without "the libraries need Toll's own flags to return the same bits" CFLAGS CPPFLAGS CXXFLAGS FFLAGS FCFLAGS \
    LDFLAGS RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_INCREMENTAL "${!CARGO_PROFILE_@}"

# The tree is not part of a workspace around it, and has no vendored modules unless somebody put them there.
export GOWORK=off
if command -v go >/dev/null; then
    mapfile -t flags < <(go env GOFLAGS CGO_CFLAGS CGO_CPPFLAGS CGO_LDFLAGS)
    [ ${#flags[@]} -eq 4 ] || exit 1
    export GOFLAGS=${flags[0]}
    [ -d vendor ] || GOFLAGS+=' -mod=readonly'
    # Tests find the libraries by the path of the tree that they were compiled from.
    [[ $GOFLAGS != *-trimpath* ]] || GOFLAGS+=' -trimpath=false'
    # These variables also say where libraries are, so they stay. Linking with these flags makes the whole process flush
    # to zero. As in CMakeLists.txt.
    inexact="[ '\"](-(Ofast|f(fast|associative|reciprocal)-math|f(unsafe-math-opt|finite-math|no-signed-z|single-prec)\
|ffp-model|fdenormal-fp-math|m(fpmath|recip|daz-ftz|pc[368]))[^ '\"]*)"
    [[ ! " ${flags[*]:1}" =~ $inexact ]] ||
        fail "CGO_CFLAGS, CGO_CPPFLAGS or CGO_LDFLAGS has ${BASH_REMATCH[1]}, which changes results: want it without"
fi
