#!/bin/bash
# `segue cut` beside `ffmpeg -c copy` to HLS in fragmented MP4, on one film of 30 minutes and the same
# disk: wall time, CPU time and memory. docs/benchmarks.md says what is measured and how.
#
#     tests/bench/cut.sh           everything: some 3 minutes, 5 GB of disk, 5 GB of memory
#     tests/bench/cut.sh --help    the options
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/bench/prepare.sh

command -v ffmpeg >/dev/null || give_up "missing: apt-get install ffmpeg"
command -v node >/dev/null || give_up "missing: apt-get install nodejs"
case " $* " in
*" --help "*) ;;
*) [ -n "${SEGUE_BUILD:-}" ] || build_programs ;;
esac
export SEGUE_BUILD="${SEGUE_BUILD:-$PWD/build/bench}"
node tests/bench/cut.mjs "$@"
