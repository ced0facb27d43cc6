#!/bin/bash
# segued beside nginx and h2o on the same bytes: CPU per GB and per request, throughput, time to
# first byte and memory, for byte ranges over HTTP/1.1, HTTP/1.1 with TLS and HTTP/2 with TLS.
# docs/benchmarks.md says what is measured and how.
#
#     tests/bench/serve.sh            everything: about 35 minutes
#     tests/bench/serve.sh --quick    a first look: about 2 minutes
#     tests/bench/serve.sh --help     the options
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
in_own_network node tests/bench/serve.mjs "$@"
