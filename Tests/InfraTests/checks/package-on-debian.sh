#!/usr/bin/env bash
# Boots a bare Debian 12 in a container, without a network, and runs package-inside.sh there on the
# package DEB. Takes root or sudo, and systemd-nspawn.
#
# Bootstrapping takes half a minute and the network. The result is kept in the user's cache, one archive
# for each set of dependencies; it also holds the packages that DEB depends on, not installed.
set -euo pipefail

[ $# -eq 1 ] || {
    echo "usage: $0 DEB" >&2
    exit 2
}
[ "$(id -u)" -eq 0 ] || exec sudo -n "$0" "$@"
here=$(dirname "$0")
depends=$(dpkg-deb -f "$1" Depends)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/copilot-usage
archive=$cache/debian-12-$(cat "$0" - <<<"$depends" | sha256sum | cut -c1-16)

if [ ! -e "$archive.tar" ]; then
    mkdir -p "$cache"
    rm -f "$cache"/debian-12-*
    # The first of alternatives, without versions, as apt-get takes them.
    names=$(sed -E 's/ *\|[^,]*//g; s/ *\([^)]*\)//g; s/,//g' <<<"$depends")
    mmdebstrap --quiet --variant=minbase --include=systemd-sysv --skip=cleanup/apt \
        --customize-hook='chroot "$1" apt-get clean' \
        --customize-hook="chroot \"\$1\" apt-get install -y -q --no-install-recommends --download-only $names" \
        bookworm "$archive.new.tar" >&2
    mv "$archive.new.tar" "$archive.tar"
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
tar -xf "$archive.tar" -C "$root"
mkdir "$root/check"
cp "$1" "$here/package-inside.sh" "$root/check"

# It ends with the status of the program that it runs instead of a login. --register=no: there may be
# no systemd on this machine to register with.
status=0
systemd-nspawn --directory="$root" --boot --private-network --register=no --keep-unit --console=pipe --quiet \
    systemd.run=/check/package-inside.sh </dev/null >"$root/console" 2>&1 || status=$?
if [ -e "$root/check/log" ]; then
    cat "$root/check/log"
else
    tail -n 40 "$root/console"
fi
exit $status
