#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Toll authors
# SPDX-License-Identifier: MIT
#
# Tries Toll on clean systems: in minimal roots of Debian that debootstrap makes, with git, a C compiler, Go and Rust, and
# nothing else. Each gets a clone of HEAD, and builds, tests and measures there as the README says: as root, as a user
# without sudo, without network, from odd places, in environments of all kinds. scripts/systems.sh trixie tries one system;
# --only root,user some scenarios; --keep leaves the root behind. scripts/systems.sh musl tries which parts can be built
# with musl, and scripts/systems.sh cross prints what does not build for macOS, Windows and FreeBSD.
#
# Each scenario becomes a line in build/systems/NAME.tsv: ok or FAILED, minutes, and what; its output is in a log beside.
# It must be root; it takes network, 8 GB in TOLL_ROOTS (/var/tmp/toll-systems) and half an hour a system. Go and Rust are
# the system's, if they are new enough, or this machine's, mounted read-only. The proxies, certificates and settings of pip
# and cargo that this machine uses go into the root. All mounts are in a namespace of their own, and end with this script.
case $- in *p*) ;; *) exec bash -p -- "$0" "$@" ;; esac # without BASH_ENV and exported functions; from sh, too
set -euo pipefail
unset CDPATH
cd -P -- "$(dirname -- "$(readlink -f -- "$0")")/.."
. scripts/environment.sh

scenarios=(root user offline readonly paths hostile)
systems=(bookworm trixie testing)
results=$PWD/build/systems
roots=${TOLL_ROOTS:-/var/tmp/toll-systems}
failed=0

# Names what does not build for other systems without cgo: each package that lacks something of its own, with the first
# of it; and how many more cannot be built because they import these.
cross() {
    local target all lacking
    # On FreeBSD purego asks for this.
    local flags=(-gcflags=github.com/ebitengine/purego/internal/fakecgo=-std)
    mapfile -t all < <(CGO_ENABLED=0 go list ./...)
    for target in darwin/arm64 windows/amd64 freebsd/amd64; do
        GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go build "${flags[@]}" ./... 2>&1 | own_errors >"$results/cross.build" || true
        GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go vet "${flags[@]}" ./... 2>&1 | own_errors |
            grep '_test\.go' >"$results/cross.test" || true
        mapfile -t lacking < <(cut -f 1 "$results/cross.build")
        echo "$target: $(importing "$target" "${lacking[@]}") of ${#all[@]} packages do not build, for the want of these:"
        sed 's/\t/: /; s/^/    /' "$results/cross.build"
        if [ -s "$results/cross.test" ]; then
            echo "  and these tests:"
            sed 's/\t/: /; s/^/    /' "$results/cross.test"
        fi
    done
    rm -f "$results"/cross.*
}

# own_errors prints a line for each package in which the go command finds an error, with the first.
own_errors() { awk '/^# \[/ {next} /^# / {name = $2; next} name != "" {sub(/^vet: /, ""); print name "\t" $0; name = ""}'; }

# importing <os/arch> <package>... prints how many packages are, or import, one of these.
importing() {
    GOOS=${1%/*} GOARCH=${1#*/} CGO_ENABLED=0 go list -e -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
        grep -cE "(^| )($(IFS='|' && echo "${*:2}"))( |\$)" || true
}

# scenario <name> <what> <command>... runs a scenario, whose output goes to a log, and notes how it ends.
scenario() {
    local start=$SECONDS verdict=ok log=$results/$system-$1.log
    # A subshell, where the first failing command ends it.
    (
        set -e
        "${@:3}"
    ) >"$log" 2>&1 &
    wait $! || verdict=FAILED
    [ $verdict = ok ] || failed=$((failed + 1))
    [ ! -f "$results/$system.tsv" ] || sed -i "/\t$1: /d" "$results/$system.tsv"
    printf '%s\t%s\t%s: %s\n' "$verdict" "$(((SECONDS - start + 30) / 60))" "$1" "$2$(cat "$log.note" 2>/dev/null || true)" |
        tee -a "$results/$system.tsv"
    rm -f "$log.note"
}

# note adds to the line of a scenario.
note() { printf '; %s' "$*" >>"$results/$system-$current.log.note"; }

# inside [<variable>=<value>]... <user> <folder> <commands> runs commands in the root, with no variables but these and those
# of the machine. The lines of wrap go before it.
inside() {
    local set=() as=()
    while [[ $1 == *=* ]]; do
        set+=("$1")
        shift
    done
    local home=/root
    if [ "$1" != root ]; then
        home=/home/$1
        as=(setpriv --reuid=1000 --regid=1000 --clear-groups)
    fi
    "${wrap[@]}" chroot "$root" /usr/bin/env -i HOME="$home" USER="$1" PATH="$path" "${machine[@]}" "${set[@]}" \
        "${as[@]}" bash -c "set -euo pipefail; cd \"\$1\"; $3" bash "$2"
}

# version <package> prints the version that the root's system would install, without epoch and revision.
version() {
    local found
    found=$(chroot "$root" apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Version: //p')
    found=${found#*:}
    echo "${found%%[-+~]*}"
}

# Mounts in the root what a running system has, and sets machine, the variables that reach packages.
mount_root() {
    local variable
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/dev/shm"
    machine=(LANG=C.UTF-8)
    for variable in "${!PIP_@}" http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY GOPROXY GONOSUMDB GOSUMDB \
        SSL_CERT_FILE SSL_CERT_DIR "${!CARGO_HTTP_@}" "${!CARGO_NET_@}"; do
        [ -z "${!variable:-}" ] || machine+=("$variable=${!variable}")
    done
}

# Mounts this machine's Go and Rust in a root that has none of its own, and sets path.
mount_tools() {
    path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    if [ -d "$root/usr/local/go" ]; then
        mount --bind -o ro "$(go env GOROOT)" "$root/usr/local/go"
        path=/usr/local/go/bin:$path
    fi
    if [ -d "$root/opt/rust" ]; then
        mount --bind -o ro "$(rustc --print sysroot)" "$root/opt/rust"
        path=/opt/rust/bin:$path
    fi
}

# Goes back to a root that was made and kept.
enter_root() {
    root=$roots/$system-$1
    [ -d "$root/srv/toll/build" ] || fail "$root has no built tree: want the scenario root with --keep first"
    findmnt "$root/proc" >/dev/null || { mount_root && mount_tools; }
}

# Makes a root of the system, and sets made_with.
make_root() {
    local name home list
    root=$roots/$system-$1
    remove_root
    mkdir -p "$root"
    if [ ! -f "$results/$system.tar" ]; then
        say "making a root of $system"
        logged "$results/$system-debootstrap.log" debootstrap --variant=minbase "$system" "$root" ${TOLL_MIRROR:+"$TOLL_MIRROR"}
        tar -C "$root" -cf "$results/$system.tar.new" .
        mv "$results/$system.tar.new" "$results/$system.tar"
    else
        tar -C "$root" -xf "$results/$system.tar"
    fi
    mount_root
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    cp /etc/hosts "$root/etc/hosts"

    # A mirror, or this machine's clock, may be weeks off.
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/90toll"
    list=(git gcc libc6-dev ca-certificates)
    logged "$results/$system-apt.log" chroot "$root" apt-get update
    if dpkg --compare-versions "$(version golang-go)" ge 1.26; then
        list+=(golang-go)
        made_with="Go $(version golang-go) and "
    else
        mkdir -p "$root/usr/local/go"
        made_with="this machine's Go and "
    fi
    if dpkg --compare-versions "$(version rustc)" ge 1.89; then
        list+=(rustc cargo)
        made_with+="Rust $(version rustc)"
    else
        mkdir -p "$root/opt/rust"
        made_with+="this machine's Rust"
    fi
    logged "$results/$system-apt.log" chroot "$root" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${list[@]}"
    mkdir -p "$root/usr/local/share/ca-certificates"
    cp /usr/local/share/ca-certificates/*.crt "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
    logged "$results/$system-apt.log" chroot "$root" update-ca-certificates
    chroot "$root" useradd --uid 1000 --create-home --shell /bin/bash toll
    for name in .cargo/config.toml .config/pip/pip.conf .pip/pip.conf; do
        if [ -f "$HOME/$name" ]; then
            for home in root home/toll; do install -D -m 644 "$HOME/$name" "$root/$home/$name"; done
        fi
    done
    chroot "$root" chown -R toll: /home/toll
    mount_tools
}

# Unmounts the root, and removes it unless something is still mounted.
remove_root() {
    local mounted
    [ -d "$root" ] || return 0
    while read -r mounted; do umount -l "$mounted"; done < <(findmnt -rno TARGET | grep "^$root/" | tac)
    [ -n "${1:-}" ] || rm -rf --one-file-system "$root"
}

# clone <folder> puts a clean clone of HEAD into the root.
clone() {
    rm -rf --one-file-system "$root$1"
    mkdir -p "$(dirname "$root$1")"
    git -c advice.detachedHead=false clone --quiet --no-local "$PWD" "$root$1"
}

# What setup.sh said that it lacks or installs goes into the line.
installed() { sed -n 's/^setup\.sh: installing /installed /p; s/^setup\.sh: without \([^(]*\).*/without \1/p' "$1" | head -n 3; }

as_root() {
    clone /srv/toll
    inside root /srv/toll 'time scripts/bench.sh --quick'
    inside root /srv/toll 'time scripts/test.sh --quick'
    note "$(installed "$results/$system-root.log" | paste -sd ';')"
}

# A user without sudo, who hands to root the one command that setup.sh prints. The commands leave out Python.
as_user() {
    local command folder
    clone /home/toll/toll
    # What Go compiled and loaded in the other root, to be quick.
    for folder in .cache/go-build go/pkg/mod .cargo/registry; do
        if [ -d "$roots/$system-root/root/$folder" ]; then
            mkdir -p "$root/home/toll/$folder"
            cp -a "$roots/$system-root/root/$folder/." "$root/home/toll/$folder"
        fi
    done
    chroot "$root" chown -R toll: /home/toll
    if inside toll /home/toll/toll scripts/setup.sh >"$results/$system-user.setup" 2>&1; then
        echo "setup.sh is successful, and nothing is installed" && return 1
    fi
    cat "$results/$system-user.setup"
    command=$(grep '^    .*apt-get' "$results/$system-user.setup")
    [ "$(wc -l <<<"$command")" -eq 1 ]
    inside DEBIAN_FRONTEND=noninteractive root / "$command"
    inside toll /home/toll/toll 'scripts/setup.sh'
    inside TOLL_PYTHON=none toll /home/toll/toll 'time scripts/bench.sh --quick'
    inside TOLL_PYTHON=none toll /home/toll/toll 'time scripts/test.sh --quick'
}

# Of the network there is only this machine itself, as behind a cut wire.
offline() {
    # shellcheck disable=SC2016 # expanded by the other shell
    local wrap=(unshare --net bash -c 'ip link set lo up && exec "$@"' bash)
    inside root /srv/toll 'touch csrc/julia.c rust/src/lib.rs fortran/julia.f90 goside/seam/*.go cpython-ext/capi/*'
    inside "TOLL_ROUTES=*/cgo */cpython */socket" root /srv/toll 'time scripts/test.sh --quick'
    inside root /srv/toll 'time scripts/bench.sh --quick --route "*/cgo"'
}

# A tree that was built, and can no longer be written to: the command works, and what cannot says what it wants.
readonly_tree() {
    local script
    mount --bind "$root/srv/toll" "$root/srv/toll"
    mount -o remount,bind,ro "$root/srv/toll"
    inside root /srv/toll 'build/bin/toll list; build/bin/toll verify --kernel julia --route "c*/*"'
    inside root /srv/toll 'build/bin/toll bench --quick --kernel call --route c/cgo -o /tmp/record.txt'
    refuses 'cannot be written' inside root /srv/toll 'build/bin/toll bench --quick'
    for script in setup build test bench lint; do refuses 'want a folder that can be written to' inside root /srv/toll "scripts/$script.sh"; done
    umount "$root/srv/toll"
}

# refuses <words> <command>... fails unless the command fails within seconds, and says these words.
refuses() {
    local said start=$SECONDS
    if said=$("${@:2}" 2>&1); then
        echo "successful, want it refused: ${*:2}" && return 1
    fi
    echo "$said"
    if [[ $said != *"$1"* ]]; then
        echo "refused, but without the words '$1': ${*:2}" && return 1
    fi
    [ $((SECONDS - start)) -lt 20 ] || { echo "refused only after $((SECONDS - start)) s: ${*:2}" && return 1; }
}

# What shows in seconds that a tree is built and right.
brief='scripts/build.sh; build/bin/toll verify --kernel julia --route "*/cgo" --route "*/trampoline"'

odd_paths() {
    # A path that tools take apart.
    clone /root/a:b
    refuses "want ASCII letters, digits, space" inside root /root/a:b scripts/build.sh
    # An archive inside another repository.
    rm -rf --one-file-system "$root/root/outer"
    mkdir -p "$root/root/outer/toll"
    inside root /root/outer 'git init --quiet; git -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m first'
    git archive HEAD | tar -C "$root/root/outer/toll" -xf -
    inside TOLL_PYTHON=none root /root/outer/toll "$brief"
    inside TOLL_PYTHON=none "TOLL_ROUTES=*/cgo" root /root/outer/toll 'scripts/test.sh --quick'
    inside root /root/outer/toll 'build/bin/toll bench --quick --kernel call --route c/cgo -o /root/record.txt'
    grep -x 'revision: unknown' "$root/root/record.txt"
    # Moved, and then with Python, whose environment holds paths.
    mv "$root/root/outer/toll" "$root/root/outer/a, é b"
    inside TOLL_PYTHON=none root '/root/outer/a, é b' "$brief"
    inside root '/root/outer/a, é b' "$brief --route '*/cpython'"
}

# The same bits come out of environments that would change others', or they are refused by name.
hostile() {
    local variable all=()
    rm -rf --one-file-system "$root/root/elsewhere"
    clone /root/hostile
    # All at once, and Python's part, too.
    install -D -m 600 /dev/stdin "$root/root/.config/pip/pip.conf" <<-EOF
		$(cat "$HOME/.config/pip/pip.conf" 2>/dev/null || echo '[global]')
		[install]
		user = true
		target = /root/elsewhere
	EOF
    install -D -m 600 /dev/stdin "$root/root/.cargo/config.toml" <<-EOF
		[build]
		target-dir = "/root/elsewhere"
		rustflags = ["-Copt-level=1"]
	EOF
    inside CDPATH=/tmp:/ PIP_USER=1 PIP_TARGET=/root/elsewhere "GOFLAGS=-mod=mod -tags=x" LC_ALL=de_DE.UTF-8 \
        TZ=Pacific/Chatham OMP_NUM_THREADS=1 OMP_SCHEDULE=dynamic,3 OMP_DYNAMIC=true OMP_PROC_BIND=true OMP_THREAD_LIMIT=1 \
        root /root/hostile "umask 077; $brief --route '*/cpython'; build/bin/toll bench --quick --kernel call --route c/cgo -o /root/record.txt"
    if [ -e "$root/root/elsewhere" ]; then
        echo "something was put elsewhere: $(find "$root/root/elsewhere" | head)" && return 1
    fi
    # A package index that is not there.
    echo 'index-url = https://nonsense.invalid/simple' >>"$root/root/.config/pip/pip.conf"
    sed -i '/index-url/d; s/^\[install\]/[install]\nindex-url = https:\/\/nonsense.invalid\/simple/' "$root/root/.config/pip/pip.conf"
    rm -rf "$root/root/hostile/build/venv-frames"
    refuses 'nonsense.invalid' inside PIP_RETRIES=0 PIP_NO_CACHE_DIR=1 root /root/hostile scripts/build.sh
    cp "$HOME/.config/pip/pip.conf" "$root/root/.config/pip/pip.conf" 2>/dev/null || rm "$root/root/.config/pip/pip.conf"

    # Another machine's Rust.
    rm -r "$root/root/.cargo/config.toml"
    touch "$root/root/hostile/rust/src/lib.rs"
    refuses 'CARGO_BUILD_TARGET' inside CARGO_BUILD_TARGET=wasm32-wasip1 TOLL_PYTHON=none root /root/hostile scripts/build.sh
    printf '[build]\ntarget = "wasm32-wasip1"\n' >"$root/root/.cargo/config.toml"
    refuses 'build.target' inside TOLL_PYTHON=none root /root/hostile scripts/build.sh
    rm "$root/root/.cargo/config.toml"
    [ ! -f "$HOME/.cargo/config.toml" ] || cp "$HOME/.cargo/config.toml" "$root/root/.cargo/"

    # Another compiler: the OpenMP languages need its library, which Debian has in libomp-dev.
    inside root / 'apt-get install -y --no-install-recommends libomp-dev >/dev/null'
    inside CC=clang TOLL_PYTHON=none root /root/hostile "$brief"

    # A locale that is installed, and OpenMP's settings one by one.
    inside root / 'apt-get install -y --no-install-recommends locales >/dev/null; localedef -i de_DE -f UTF-8 de_DE.UTF-8'
    inside LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 root /srv/toll "scripts/build.sh; build/bin/toll verify --kernel julia --route 'c*/*'"
    for variable in OMP_NUM_THREADS=1 OMP_NUM_THREADS=64 OMP_SCHEDULE=dynamic,3 OMP_DYNAMIC=true OMP_PROC_BIND=close \
        OMP_THREAD_LIMIT=1 OMP_STACKSIZE=1m OMP_NESTED=true GOMP_CPU_AFFINITY=0 OMP_WAIT_POLICY=active; do
        echo "$variable"
        inside "$variable" root /srv/toll "build/bin/toll verify --kernel julia --route '*-omp/*'"
    done
    rm -rf --one-file-system "$root/root/hostile"
}

# What can be built with musl, the C library of Alpine, and gives the same bits; and why other parts cannot.
with_musl() {
    local lib=$results/musl interpreter=/lib/ld-musl-x86_64.so.1 name
    mkdir -p "$lib"
    hash() { sha256sum <"$1" | cut -c 1-16; }
    compile() { musl-gcc -O3 -ffp-contract=off -fPIC -shared -o "$lib/$1" "${@:2}"; }
    cd csrc
    compile libtoll_calls.so -std=gnu11 -I include -DTOLL_CALLS_HASH="0x$(hash include/calls.h)u" calls/calls.c calls/rows.c
    compile libtoll_c.so -std=c11 -I include -DTOLL_LANG=c -DTOLL_HEADER_HASH="0x$(hash include/toll.h)u" \
        -DTOLL_FLAGS='"-O3"' call.c julia.c ols.c transpose.c team.c table.c diffusion.c
    cd ..
    cp build/lib/*.wasm "$lib"
    echo "toll without cgo, by musl's loader: Go, C by trampoline, purego and syscalln, WebAssembly"
    CGO_ENABLED=0 go build -ldflags "-I $interpreter" -o "$lib/toll" ./goside/cmd/toll
    for name in go/direct go-fast/direct c/trampoline c/purego c/syscalln c/wasm rust/wasm; do
        TOLL_LIB=$lib "$lib/toll" verify --route "$name"
    done
    echo "A program of cgo and C, with musl's loader and static:"
    musl-gcc -O2 -fPIC -std=gnu11 -I csrc/include -DTOLL_CALLS_HASH=0u -c csrc/calls/calls.c -o "$lib/calls.o"
    ar rcs "$lib/libtoll_calls.a" "$lib/calls.o"
    for name in '' -static; do
        CC=musl-gcc CGO_ENABLED=1 CGO_LDFLAGS="-L$lib" go build \
            -ldflags "-linkmode external -extldflags '$name'" -o "$lib/start$name" ./goside/via/start/cgo
    done
    readelf -l "$lib/start" | grep "$interpreter"
    # These fail as long as musl has no such libraries. A line that is successful is news.
    echo "What cannot be: the whole toll with cgo, and libraries that were built with glibc, in a process of musl"
    if CC=musl-gcc CGO_ENABLED=1 go build -o "$lib/toll-cgo" ./goside/cmd/toll; then note "the whole toll builds with cgo"; fi
    for name in c-omp/trampoline rust/trampoline fortran-omp/trampoline capi/cpython; do
        if TOLL_LIB=$PWD/build/lib "$lib/toll" verify --kernel julia --route "$name"; then note "$name works"; fi
    done
}

try_system() {
    local current
    wrap=()
    for current in "${scenarios[@]}"; do
        [[ ,$only, == *,$current,* ]] || continue
        case $current in
        root)
            make_root root
            scenario root "bench.sh --quick and test.sh --quick as root, with $made_with" as_root
            ;;
        user)
            make_root user
            scenario user "without sudo, by the one command that setup.sh prints; TOLL_PYTHON=none from there" as_user
            remove_root "$keep"
            ;;
        *)
            enter_root root
            case $current in
            offline) scenario offline "sources touched, and both commands without network" offline ;;
            readonly)
                scenario readonly "a built tree that cannot be written to" readonly_tree
                umount -q "$root/srv/toll" || true # if it fails half-way
                ;;
            paths) scenario paths "a path with a colon is refused; an archive in another repository; moved to a path with space, comma and é" odd_paths ;;
            hostile) scenario hostile "variables and files of pip, cargo, go, OpenMP and the locale" hostile ;;
            esac
            ;;
        esac
    done
}

keep=
only=$(IFS=, && echo "${scenarios[*]}")
chosen=()
arguments=("$@")
while [ $# -gt 0 ]; do
    case $1 in
    --keep) keep=yes ;;
    --only)
        only=${2:-}
        shift
        ;;
    bookworm | trixie | testing | musl | cross) chosen+=("$1") ;;
    *) fail "the argument is '$1', want bookworm, trixie, testing, musl, cross, --keep or --only with some of ${scenarios[*]}" ;;
    esac
    shift
done
[ ${#chosen[@]} -gt 0 ] || chosen=("${systems[@]}")
mkdir -p "$results"

if [ "${chosen[*]}" = cross ]; then
    cross
    exit
fi
[ "$(id -u)" -eq 0 ] || fail "it is user $(id -u) who runs this, want root: it makes and enters roots of other systems"
for command in debootstrap:debootstrap unshare:util-linux setpriv:util-linux ip:iproute2; do
    command -v "${command%:*}" >/dev/null || fail "${command%:*} is missing: run apt-get install ${command#*:}"
done
if [ -z "${TOLL_SYSTEMS_NAMESPACE:-}" ]; then
    TOLL_SYSTEMS_NAMESPACE=yes exec unshare --mount --pid --fork --kill-child --mount-proc --propagation private \
        bash -p -- scripts/systems.sh "${arguments[@]}"
fi
unset TOLL_SYSTEMS_NAMESPACE
for system in "${chosen[@]}"; do
    if [ "$system" = cross ]; then
        cross
        continue
    elif [ "$system" = musl ]; then
        current=musl
        [ -f build/include/libs.h ] || fail "nothing is built: run scripts/build.sh"
        command -v musl-gcc >/dev/null || fail "musl-gcc is missing: run apt-get install musl-tools"
        scenario musl "C by trampoline, purego, syscalln and cgo; WebAssembly; Go" with_musl
        continue
    fi
    try_system
    [ -n "$keep" ] || for root in "$roots/$system"-*; do remove_root; done
done
[ "$failed" -eq 0 ] || fail "$failed of the scenarios fail, see $results"
