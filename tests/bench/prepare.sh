# What the benchmarks need before they begin; sourced by them at the root of the tree. Installs what
# is missing (on Debian, as root), and builds the programs in build/bench with the release's flags.
# shellcheck shell=bash

# The services of these packages are not to run: benchmarks start their own, on ports of their own.
WITHOUT_SERVICES=/usr/sbin/policy-rc.d

# A package is there when its program or its pkg-config module is, wherever that came from.
missing_packages() {
    local package what
    while read -r package what; do
        case $what in
        pkg:*) pkg-config --exists "${what#pkg:}" 2>/dev/null || echo "$package" ;;
        *) PATH=$PATH:/usr/sbin command -v "$what" >/dev/null || echo "$package" ;;
        esac
    done <<'LIST'
gcc cc
libc6-dev cc
make make
cmake cmake
pkg-config pkg-config
libh2o-evloop-dev pkg:libh2o-evloop
libavformat-dev pkg:libavformat
libavcodec-dev pkg:libavcodec
libavutil-dev pkg:libavutil
libssl-dev pkg:openssl
libjwt-dev pkg:libjwt
libjansson-dev pkg:jansson
libcmocka-dev pkg:cmocka
nodejs node
curl curl
openssl openssl
iproute2 ss
util-linux taskset
nginx-light nginx
h2o h2o
wrk wrk
nghttp2-client h2load
vmtouch vmtouch
LIST
}

give_up() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# Further arguments are packages whose program has the same name.
install_packages() {
    local package packages made_policy=no
    packages=$({
        missing_packages
        for package in "$@"; do
            command -v "$package" >/dev/null || echo "$package"
        done
    } | sort -u | tr '\n' ' ')
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        give_up "missing, as root: apt-get install $packages"
    fi
    echo "Installing: $packages" >&2
    if [ ! -e $WITHOUT_SERVICES ]; then
        made_policy=yes
        printf '#!/bin/sh\nexit 101\n' >$WITHOUT_SERVICES && chmod +x $WITHOUT_SERVICES
        trap 'rm -f $WITHOUT_SERVICES' EXIT
    fi
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # several packages
    { apt-get -q update && apt-get -q -y --no-install-recommends install $packages; } >&2 ||
        give_up "apt-get could not install what is missing"
    if [ $made_policy = yes ]; then
        rm -f $WITHOUT_SERVICES
        trap - EXIT
    fi
}

build_programs() {
    mkdir -p build
    { cmake --preset bench &&
        cmake --build --preset bench --parallel \
            --target segue segued make_title peak_memory ttfb evict; } \
        >build/bench.log 2>&1 || { tail -40 build/bench.log >&2 && give_up "the build failed"; }
}

# Runs a command with a loopback of its own that has the packets of an Ethernet. The ordinary one takes
# 64 KiB at once, which no client far away gets, and which makes nginx with tcp_nopush wait 40 ms for
# the acknowledgement of a packet before it sends a short last one. CONGESTION names another congestion
# control than the machine's.
in_own_network() {
    local mtu=${MTU:-1500}
    if ! unshare --net true 2>/dev/null; then
        echo "$(basename "$0"): no network namespace without root: on the loopback as it is" >&2
        exec "$@"
    fi
    # shellcheck disable=SC2016 # for the inner shell
    exec unshare --net bash -c 'ip link set lo up mtu "$1" && shift &&
        { [ -z "${CONGESTION:-}" ] || echo "$CONGESTION" >/proc/sys/net/ipv4/tcp_congestion_control; } &&
        exec "$@"' - "$mtu" "$@"
}
