#!/bin/bash
# Measures segued with many titles, with very long ones and with many idle connections, and prints
# Markdown (docs/benchmarks.md, "Scale"). Takes about 12 GB of disk and half an hour.
#
#     tests/bench/scale.sh [--dir DIR] [SECTION...]
#
# --dir DIR  where the stores are made, and kept for the next time (default: build/bench/scale)
# SECTION    start, memory, missing, titles, extents, republish, idle, listing (default: all)
#
# SEGUE_BUILD names the build to measure; by default one is made in build/bench. nginx and h2o are
# measured beside it where they are installed.
set -eu -o pipefail
cd "$(dirname "$0")/../.."

usage="Usage: tests/bench/scale.sh [--dir DIR] [SECTION...]"
dir=build/bench/scale
sections=()
while [ $# -gt 0 ]; do
    case $1 in
    --dir) dir=${2:?$usage} && shift ;;
    --help) echo "$usage" && exit 0 ;;
    -*) echo "$usage" >&2 && exit 2 ;;
    *) sections+=("$1") ;;
    esac
    shift
done
[ ${#sections[@]} -gt 0 ] || sections=(start memory missing titles extents republish idle listing)

if [ -z "${SEGUE_BUILD:-}" ]; then
    SEGUE_BUILD=$PWD/build/bench
    cmake -S . -B "$SEGUE_BUILD" -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
    cmake --build "$SEGUE_BUILD" -j "$(nproc)" --target segue segued make_store peak_memory >/dev/null
fi
export SEGUE_BUILD
ulimit -n "$(ulimit -H -n)"

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
# make NAME [TITLES EXTENTS]...: a store that is there is whole, for it is renamed when it is.
make() {
    local name=$1
    [ -e "$dir/$name" ] && return
    rm -rf "$dir/new"
    while shift && [ $# -gt 0 ]; do
        echo "Making $name: $1 titles of $2 extents" >&2
        "$SEGUE_BUILD/tests/make_store" "$dir/new" "$1" "$2"
        shift
    done
    mv "$dir/new" "$dir/$name"
}

[ -e "$dir/keys.json" ] || "$SEGUE_BUILD/segue" key new --keys "$dir/keys.json" >/dev/null
for titles in 1000 100000 1000000; do
    make titles-$titles $titles 8
done
make long-titles 20000 1000
make extents 1 100 1 100000
node tests/bench/scale.mjs "$dir" "${sections[@]}"
