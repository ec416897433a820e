#!/usr/bin/env bash
# Writes a bare Debian 12 that can boot to FOLDER. It holds, not installed, the packages that the
# package DEB depends on, so that a test can install DEB without a network.
#
# Bootstrapping takes half a minute and the network; so what comes of it is kept, as one archive for
# each set of dependencies, in the user's cache.
set -euo pipefail

[ $# -eq 2 ] || {
    echo "usage: $0 DEB FOLDER" >&2
    exit 2
}
depends=$(dpkg-deb -f "$1" Depends)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/copilot-usage
archive=$cache/debian-12-$(cat "$0" - <<<"$depends" | sha256sum | cut -c1-16)

if [ ! -e "$archive.tar" ]; then
    mkdir -p "$cache"
    # The first of alternatives, without versions: names that apt-get takes.
    names=$(sed -E 's/ *\|[^,]*//g; s/ *\([^)]*\)//g; s/,//g' <<<"$depends")
    mmdebstrap --quiet --variant=minbase --include=systemd-sysv --skip=cleanup/apt \
        --customize-hook='chroot "$1" apt-get clean' \
        --customize-hook="chroot \"\$1\" apt-get install -y -q --no-install-recommends --download-only $names" \
        bookworm "$archive.new.tar" >&2
    mv "$archive.new.tar" "$archive.tar"
fi
mkdir -p "$2"
tar -xf "$archive.tar" -C "$2"
