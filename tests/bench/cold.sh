#!/bin/bash
# Data that is on the disk and not in memory: what clients of a hot title feel while others read cold
# ones, and how fast a cold title is read from its begin to its end, beside nginx and cat.
# docs/benchmarks.md says what is measured and how.
#
#     tests/bench/cold.sh            everything: about 8 minutes
#     tests/bench/cold.sh --quick    a first look: about 1 minute
#     tests/bench/cold.sh --help     the options
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/bench/prepare.sh

case " $* " in
*" --help "*) ;;
*)
    # shellcheck disable=SC2119 # no packages of its own
    install_packages && build_programs
    ;;
esac
export PATH=$PATH:/usr/sbin SEGUE_BUILD="${SEGUE_BUILD:-$PWD/build/bench}"
in_own_network node tests/bench/cold.mjs "$@"
