#!/bin/bash
# Runs every test of Segue: installs what is missing (on Debian, as root), builds the presets dev and
# asan, and runs the tests of both; builds tsan and runs those that have to do with threads. The last
# line is "N passed, N failed, N skipped" over all three.
#
#     tests/run.sh [--quick] [--no-install]
#
# --quick       the dev build alone
# --no-install  install nothing; say what is missing
set -u -o pipefail
cd "$(dirname "$0")/.." || exit 1

usage="Usage: tests/run.sh [--quick] [--no-install]"
presets="dev asan tsan"
may_install=yes
for argument in "$@"; do
    case $argument in
    --quick) presets=dev ;;
    --no-install) may_install=no ;;
    --help) echo "$usage" && exit 0 ;;
    *) echo "$usage" >&2 && exit 2 ;;
    esac
done

exec </dev/null
export CMAKE_GENERATOR=Ninja # for a build that has none yet
logs=build/test-logs
mkdir -p $logs && rm -f $logs/*.log || exit 1
jobs=$(nproc)
passed=0 failed=0 skipped=0

say() {
    printf '\n== %s\n' "$*"
}

# The verdict, alone on the last line.
finish() {
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

give_up() {
    echo "$*" >&2
    failed=$((failed + 1))
    finish
}

# What is missing, as Debian packages: a package is there when its program or its pkg-config module
# is, wherever that came from.
missing_packages() {
    local package what
    while read -r package what; do
        case $what in
        pkg:*) pkg-config --exists "${what#pkg:}" 2>/dev/null || echo "$package" ;;
        file:*) [ -e "${what#file:}" ] || echo "$package" ;;
        *) command -v "$what" >/dev/null || echo "$package" ;;
        esac
    done <<'LIST'
build-essential cc
build-essential make
cmake cmake
ninja-build ninja
pkg-config pkg-config
libh2o-evloop-dev pkg:libh2o-evloop
libavformat-dev pkg:libavformat
libavcodec-dev pkg:libavcodec
libavutil-dev pkg:libavutil
libssl-dev pkg:openssl
libjwt-dev pkg:libjwt
libjansson-dev pkg:jansson
libcmocka-dev pkg:cmocka
ffmpeg ffmpeg
nodejs node
npm npm
chromium chromium
curl curl
openssl openssl
ca-certificates file:/etc/ssl/certs/ca-certificates.crt
LIST
}

try_thrice() {
    "$@" || { sleep 5 && "$@"; } || { sleep 20 && "$@"; }
}

install_packages() {
    local packages
    packages=$(missing_packages | sort -u | tr '\n' ' ')
    [ -z "$packages" ] && return
    say "Installing: $packages"
    if [ $may_install = no ] || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        give_up "Not installed, for want of root, apt-get or leave: apt-get install $packages"
    fi
    export DEBIAN_FRONTEND=noninteractive
    try_thrice apt-get -q update >$logs/apt.log 2>&1 ||
        { tail -20 $logs/apt.log; give_up "apt-get update failed; see $logs/apt.log"; }
    # shellcheck disable=SC2086 # several packages
    try_thrice apt-get -q -y --no-install-recommends install $packages >>$logs/apt.log 2>&1 ||
        { tail -20 $logs/apt.log; give_up "apt-get install failed; see $logs/apt.log"; }
}

# The driver of the browser tests; they say so themselves when it is not there.
install_node_packages() {
    [ -e tests/package.json ] && [ ! -d tests/node_modules/playwright-core ] || return
    [ $may_install = yes ] || return
    say "Installing the packages of tests/package.json"
    (cd tests && try_thrice npm ci --ignore-scripts --no-audit --no-fund) >$logs/npm.log 2>&1 ||
        { tail -20 $logs/npm.log; give_up "npm ci failed; see $logs/npm.log"; }
}

build() {
    say "Building $1"
    { cmake --preset "$1" && cmake --build --preset "$1" -j "$jobs"; } >$logs/build-"$1".log 2>&1 ||
        {
            grep -E 'error|Error|FAILED|Missing' -A 5 $logs/build-"$1".log | tail -60
            give_up "The build of $1 failed; see $logs/build-$1.log"
        }
}

# Adds what ctest printed to the counts: what neither passed nor was skipped has failed.
count() {
    local counts
    counts=$(awk '/^ *[0-9]+\/[0-9]+ Test +#/ {
            if (/ Passed +[0-9.]+ sec/) p++; else if (/\*\*\*Skipped/) s++; else f++
        } END { print p + 0, f + 0, s + 0 }' "$1")
    # shellcheck disable=SC2086 # three numbers
    set -- $counts
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
    [ $(($1 + $2 + $3)) -gt 0 ] || failed=$((failed + 1))
}

run_tests() {
    local log=$logs/ctest-$1.log
    shift
    ctest "$@" -j "$jobs" --output-on-failure 2>&1 | tee "$log"
    count "$log"
}

install_packages
install_node_packages
for preset in $presets; do
    build "$preset"
    say "Testing $preset"
    case $preset in
    dev) run_tests dev --test-dir build/dev ;;
    asan) ASAN_OPTIONS=detect_leaks=1 run_tests asan --test-dir build/asan ;;
    tsan) run_tests tsan --test-dir build/tsan -R '^unit/|^http/property$' ;;
    esac
done
grep -h -E '\*\*\*(Skipped|Failed|Not Run|Timeout|Exception)' $logs/ctest-*.log | sed 's/^/   /'
finish
