#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# box.sh <root> <private> <command>... runs the command in new namespaces: all is read-only but for the folder
# <private>. A mutant may remove files, and signal every process that it sees.
set -eu
root=$1
private=$2
shift 2
mount --make-rprivate /
mount -t proc proc /proc
mount -o remount,bind,ro / 2>/dev/null || true
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --bind "$private" "$private"
mount -o remount,bind,rw "$private"
cd "$BOX_FOLDER"
exec "$@"
