#!/usr/bin/env bash
# Assembles the minimal root filesystem of copilot-functions: the program without symbols, the shared
# libraries it loads, the certificates it trusts, and the few files of /etc that the C library reads. No
# container engine is needed.
set -euo pipefail

usage() {
    cat >&2 <<TEXT
usage: $0 [--json] BINARY DIR     assemble the root filesystem of BINARY in DIR, and say how large it is
       $0 --packages BINARY       name the Debian packages that BINARY's own libraries come from
TEXT
    exit 2
}

fail() {
    echo "$(basename "$0"): $1" >&2
    exit "${2:-1}"
}

user=65532 # the number that minimal images have agreed on for a user who owns nothing
program=usr/local/bin/copilot-functions

# Sonames of the libraries that BINARY loads only when it needs them, from the note it carries:
# https://systemd.io/ELF_DLOPEN_METADATA/
loaded_later() {
    readelf -p .note.dlopen "$1" 2>/dev/null | sed -nE 's/.*"soname":\["([^"]+)"\].*/\1/p'
}

# Paths as the loader finds them, BINARY's own libraries, those it loads later, and what these need.
closure() {
    local listed later name
    later=$(loaded_later "$1" | tr '\n' ' ')
    listed=$(LD_PRELOAD=$later ldd "$1" 2>/dev/null) ||
        fail "$1 is not a program that this machine can load" 2
    for name in $later; do
        grep -q "$name => /" <<<"$listed" || fail "libraries of $1 are missing on this machine: $name"
    done
    if grep -q 'not found' <<<"$listed"; then
        fail "libraries of $1 are missing on this machine: $(grep 'not found' <<<"$listed" | tr -s '\t\n' ' ')"
    fi
    awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }' <<<"$listed" | sort -u
}

packages() {
    local name path
    { objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }'; loaded_later "$1"; } | while read -r name; do
        path=$(closure "$1" | grep "/$name\$") || continue
        # dpkg knows a library by its path before or after /lib became a link to /usr/lib.
        dpkg-query -S "$path" "/usr$path" "${path#/usr}" 2>/dev/null | cut -d: -f1 || true
    done | sort -u
}

assemble() {
    local binary=$1 root=$2 libraries path
    [ -f "$binary" ] || fail "$binary is not there: build it first" 2
    if [ -e "$root" ] && [ -n "$(ls -A "$root")" ]; then
        fail "$root is not empty: name a new folder" 2
    fi
    libraries=$(closure "$binary")
    mkdir -p "$root"/{dev,etc/ssl/certs,proc,sys,usr/lib,usr/lib64,usr/local/bin}
    ln -s usr/lib "$root/lib"
    ln -s usr/lib64 "$root/lib64"
    install -d -m 1777 "$root/tmp"

    # Symbols would double its size, and nobody debugs in the image.
    install -m 755 "$binary" "$root/$program"
    strip "$root/$program"
    while read -r path; do install -D -m 755 "$path" "$root$path"; done <<<"$libraries"

    # Where Debian's libcurl and OpenSSL look; OpenSSL by another name.
    [ -s /etc/ssl/certs/ca-certificates.crt ] ||
        fail "there is no /etc/ssl/certs/ca-certificates.crt: apt-get install ca-certificates"
    install -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    install -d "$root/usr/lib/ssl"
    ln -s /etc/ssl/certs "$root/usr/lib/ssl/certs"
    ln -s /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"

    printf 'root:x:0:0::/:/sbin/nologin\ncopilot:x:%d:%d::/:/sbin/nologin\n' $user $user >"$root/etc/passwd"
    printf 'root:x:0:\ncopilot:x:%d:\n' $user >"$root/etc/group"
    # The C library has both resolvers built in; without this file it would ask DNS first.
    printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
    # An engine mounts its own over these two, which on a read-only root takes files to mount over.
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
    : >"$root/etc/resolv.conf"
    chmod 644 "$root"/etc/{passwd,group,nsswitch.conf,hosts,resolv.conf}
}

# Sums of file sizes, so that the figure does not depend on the disk it is measured on.
measure() {
    local root=$1 bytes binary libraries packed
    bytes=$(find "$root" -type f -printf '%s\n' | awk '{ sum += $1 } END { printf "%d", sum }')
    binary=$(stat -c %s "$root/$program")
    libraries=$(find "$root" -name '*.so*' -type f | wc -l)
    packed=$(tar -C "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -c . | gzip -6 | wc -c)
    if [ -n "$json" ]; then
        printf '{"byteCount":%d,"gzipByteCount":%d,"programByteCount":%d,"libraryCount":%d}\n' \
            "$bytes" "$packed" "$binary" "$libraries"
    else
        awk -v a="$bytes" -v b="$packed" -v c="$binary" -v n="$libraries" -v root="$root" 'BEGIN {
            printf "%s: %.1f MB, %.1f MB gzipped; the program %.1f MB, %d libraries\n", root, a/1e6, b/1e6, c/1e6, n }'
    fi
}

json=
case "${1:-}" in
--packages)
    [ $# -eq 2 ] || usage
    packages "$2"
    exit
    ;;
--json)
    json=yes
    shift
    ;;
esac
case "${1:-}" in -*) usage ;; esac
[ $# -eq 2 ] || usage
assemble "$1" "$2"
measure "$2"
