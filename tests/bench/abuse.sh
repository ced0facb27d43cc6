#!/bin/bash
# What hostile, slow and hasty clients cost segued, and what others notice of them; prints Markdown
# (docs/benchmarks.md, "Abuse"). Needs two cores, 3 GB of disk and ten minutes.
#
#     tests/bench/abuse.sh [--quick] [--no-install] [--seconds S] [--only SECTION,...] [--attacks NAME,...]
#
# --quick       one second where else it is ten: says that it works, and little more
# --no-install  install nothing
# --seconds S   how long each attack goes on (10)
# --only        of attacks, slowhttptest, readers, seeks, largest
# --attacks     of those over HTTP/2, by their names in tests/harness/h2_attack.mjs
#
# SEGUE_BUILD names the build to measure; by default one is made in build/bench.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bench/prepare.sh
. tests/bench/prepare.sh

may_install=yes
arguments=()
for argument in "$@"; do
    case $argument in
    --no-install) may_install=no ;;
    *) arguments+=("$argument") ;;
    esac
done
case " $* " in
*" --help "*) ;;
*)
    [ $may_install = no ] || install_packages slowhttptest
    [ -n "${SEGUE_BUILD:-}" ] || build_programs
    ulimit -n "$(ulimit -H -n)"
    ;;
esac
export PATH=$PATH:/usr/sbin SEGUE_BUILD="${SEGUE_BUILD:-$PWD/build/bench}"
in_own_network taskset -c 1 node tests/bench/abuse.mjs "${arguments[@]}"
