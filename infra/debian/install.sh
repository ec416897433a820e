#!/usr/bin/env bash
# Installs the Debian packages that are missing: `install.sh build` for building and running,
# `install.sh dist` for those and what `make dist` needs, `install.sh test` for those and the backends and
# tools that the tests use, `install.sh bench` for building and for what `make bench` counts and compares with. Asks for sudo when not root.
set -euo pipefail

build=(
    ca-certificates pkg-config g++
    libcurl4-openssl-dev # HTTP
    libssl-dev           # RS256, AES-GCM, HMAC, random
    libsimdjson-dev      # the reports' JSON
    libsnappy-dev        # remote write's compression
    libxxhash-dev        # digests of what was read
    zlib1g-dev libzstd-dev # replies that come packed
    libpq-dev            # PostgreSQL
)
dist=(debhelper git python3)
test=(
    "${dist[@]}" prometheus victoria-metrics openssl postgresql python3-venv curl iproute2
    pgbouncer influxdb nghttp2-server # a pooler, one more backend, a server of HTTP/2
    lintian zsh fish               # read the Debian package
    mmdebstrap systemd-container   # install it on a bare Debian
    skopeo podman runc             # read and run the image
    chromium-headless-shell faketime # shows the pages, a day later too
)
bench=(valgrind binutils postgresql eatmydata)

case "${1:-}" in
build) wanted=("${build[@]}") ;;
dist) wanted=("${build[@]}" "${dist[@]}") ;;
test) wanted=("${build[@]}" "${test[@]}") ;;
bench) wanted=("${build[@]}" "${bench[@]}") ;;
*)
    echo "usage: $0 build|dist|test|bench" >&2
    exit 2
    ;;
esac

missing=()
for package in "${wanted[@]}"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
        missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "these packages are missing and neither root nor sudo is at hand: ${missing[*]}" >&2
        exit 2
    }
    sudo=(sudo)
fi
echo "installing: ${missing[*]}" >&2

# The tests start their own servers on free ports; nothing that is installed here may start one.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
    "${sudo[@]}" chmod 755 "$policy"
    trap '"${sudo[@]}" rm -f "$policy"' EXIT
fi
"${sudo[@]}" apt-get update -q
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
