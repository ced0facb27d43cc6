#!/bin/bash
# Builds Segue, cuts the sample clip, serves it and asks for ranges of it, showing each command it
# runs. For Debian 12; as root it also installs what is missing.
#
#   samples/quickstart.sh           stays until Ctrl-C, with a page to open in a browser
#   samples/quickstart.sh --check   does all of it, checks every answer, and ends: 0 good, 1 not
#
# Leaves build/ and, without --check, the store ./segue-demo: delete them when you like.
#
# Commands stand in single quotes because they are shown before they are expanded.
# shellcheck disable=SC2016
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Debian's packages to build and run Segue, and to talk to it.
PACKAGES=(gcc libc6-dev make cmake pkg-config libh2o-evloop-dev libavformat-dev libavcodec-dev
    libavutil-dev libssl-dev libjansson-dev curl)
READY_SECONDS=15

check=no
scratch=
server=
printer=
url=

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0"
}

fail() {
    printf '\nquickstart: %s\n' "$*" >&2
    exit 1
}

# --- What the reader sees -------------------------------------------------------------------------

bold='' blue='' plain=''
if [ -t 1 ]; then
    bold=$'\e[1m' blue=$'\e[36m' plain=$'\e[0m'
fi

say() {
    printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

show() {
    printf '%s$ %s%s\n' "$blue" "$*" "$plain"
}

# Shows a command as it could be typed, and runs it.
run() {
    show "$1"
    eval "$1"
}

# The same for what has much to say: into a file, which is shown when the command fails.
run_quietly() {
    local log=$scratch/output
    show "$1"
    if ! eval "$1" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        return 1
    fi
}

# --- The steps ------------------------------------------------------------------------------------

missing_packages() {
    local package
    for package in "${PACKAGES[@]}"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
            printf '%s ' "$package"
    done
}

install_packages() {
    command -v apt-get >/dev/null || {
        say "No apt-get here: the build names what it lacks."
        return
    }
    local packages
    packages=$(missing_packages)
    [ -n "$packages" ] || return 0
    local install="apt-get install -y --no-install-recommends $packages"
    [ "$(id -u)" = 0 ] || fail "packages are missing; as root, first: $install"

    say "Installing what is missing (some minutes)"
    export DEBIAN_FRONTEND=noninteractive
    # Lists may be absent or out of date; they are fetched only then.
    # shellcheck disable=SC2086
    if ! apt-cache show $packages >/dev/null 2>&1; then
        run_quietly "apt-get update"
    fi
    run_quietly "$install" || { run_quietly "apt-get update" && run_quietly "$install"; } ||
        fail "apt-get could not install what is missing"
}

build() {
    say "Building (some 20 seconds)"
    run_quietly "cmake --preset release" || fail "cmake could not configure the build"
    run_quietly "cmake --build --preset release --parallel" || fail "the build failed"
}

cut_clip() {
    say "A store, a key that signs, and the sample clip cut into it"
    run "export SEGUE_STORE=$store"
    [ -e "$store/keys.json" ] || run "build/release/segue key new"
    run "build/release/segue cut samples/car-detection.mp4 --title cars"
    run "build/release/segue inspect cars"
}

# The address that the server says it listens on: http, https or admin.
address_of() {
    case $1 in
    admin) sed -n 's/^segued: admin on //p' "$log" ;;
    *) sed -n "s/^segued: listening on \($1:.*\)/\1/p" "$log" ;;
    esac
}

start_server() {
    say "The server: HTTP, HTTPS with a certificate made just now, and the admin listener"
    log=$scratch/segued.log
    local command="build/release/segued --listen 127.0.0.1:0 --listen-tls 127.0.0.1:0 \
--admin 127.0.0.1:0 --shutdown-timeout 2"
    show "$command &"
    $command 2>"$log" &
    server=$!
    local waited=0
    until grep -q '^segued: ready' "$log"; do
        kill -0 "$server" 2>/dev/null || fail "segued ended: $(cat "$log")"
        [ "$waited" -lt $((READY_SECONDS * 10)) ] || fail "segued is not ready: $(cat "$log")"
        sleep 0.1
        waited=$((waited + 1))
    done
    cat "$log"
}

# expect START COMMAND: shows and runs a curl, shows the head it prints, and checks how that starts.
expect() {
    local head=$scratch/head
    show "$2"
    eval "$2" >"$head"
    tr -d '\r' <"$head" | sed '/^$/d; s/^/    /'
    grep -q "^$1 " "$head" || fail "expected $1"
}

same() {
    run "$1 && echo the same bytes" || fail "these bytes differ"
}

ask_for_ranges() {
    local http https
    http=$(address_of http)
    https=$(address_of https)

    say "A signed URL: one stable URI, and a token for this title"
    run "url=\$(build/release/segue url cars/video.mp4 --base $http)"
    printf '%s\n' "$url"

    say "A range of it: 206. These bytes lie in several objects of the store"
    expect 'HTTP/1.1 206' 'curl -sS -D - -r 1000000-1999999 "$url" -o "$scratch/range"'
    say "Put together from ranges or fetched whole: the same bytes"
    run 'curl -sS "$url" -o "$scratch/whole"'
    same 'cmp --ignore-initial=1000000:0 --bytes=1000000 "$scratch/whole" "$scratch/range"'
    run 'curl -sS -r 0-999999 "$url" -o "$scratch/start"'
    run 'curl -sS -r 2000000- "$url" -o "$scratch/rest"'
    same 'cat "$scratch/start" "$scratch/range" "$scratch/rest" | cmp - "$scratch/whole"'

    say "Over TLS, HTTP/2 and the same token, which is good for every file of the title"
    run "tls_url=$https/v1/cars/video.mp4?\${url#*\\?}"
    expect 'HTTP/2 206' 'curl -sS -k -D - -r 1000000-1999999 "$tls_url" -o "$scratch/range2"'
    same 'cmp "$scratch/range" "$scratch/range2"'

    say "Without a token: 403"
    expect 'HTTP/1.1 403' "curl -sS -i -r 0-99 $http/v1/cars/video.mp4"
    say "With a token, an object of the store by its own name: 403. Objects have no address"
    run 'object=$(basename "$(find "$SEGUE_STORE/objects" -type f | sort | head -n 1)")'
    expect 'HTTP/1.1 403' "curl -sS -i \"$http/v1/cars/\$object?\${url#*\\?}\""
}

stay() {
    local admin
    admin=$(address_of admin)
    say "Open this page in a browser on this machine:"
    printf '%s/play?title=cars&%s\n' "$admin" "${url#*\?}"
    say "Ctrl-C ends the server. Until then, what the browser asks for:"
    tail -n 0 -f "$log" &
    printer=$!
    trap 'exit 0' INT TERM
    wait "$server" || true
}

clean_up() {
    local code=$?
    trap - EXIT
    trap '' INT TERM
    [ -z "$printer" ] || kill "$printer" 2>/dev/null || true
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    [ -z "$scratch" ] || rm -rf "$scratch"
    exit "$code"
}

case ${1-} in
'') ;;
--check) check=yes ;;
--help | -h) usage && exit 0 ;;
*)
    usage >&2
    exit 2
    ;;
esac

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
run 'scratch=$(mktemp -d)'
store=segue-demo
[ "$check" = no ] || store=$scratch/store

install_packages
build
cut_clip
start_server
ask_for_ranges
if [ "$check" = yes ]; then
    say "All as expected."
else
    stay
fi
