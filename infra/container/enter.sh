#!/usr/bin/env bash
# Runs a program in a root filesystem with the settings of our deployments: root and /tmp read-only, an
# unprivileged user, no way to gain privileges, and only the named variables. Mounting needs root or sudo.
# The program runs as the calling user; if that is root, as the user that the image names.
set -euo pipefail

usage() {
    cat >&2 <<TEXT
usage: $0 [--mount OUTSIDE:INSIDE | --read-only OUTSIDE:INSIDE | --env NAME[=VALUE]]... ROOT PROGRAM [ARGUMENT]...
       --env NAME passes the variable on as it is
TEXT
    exit 2
}

mounts=() variables=()
while [ $# -gt 0 ]; do
    case "$1" in
    --mount | --read-only)
        [ $# -ge 2 ] || usage
        mounts+=("$1" "${2%%:*}" "${2#*:}")
        shift 2
        ;;
    --env)
        [ $# -ge 2 ] || usage
        case "$2" in *=*) variables+=("$2") ;; *) variables+=("$2=${!2-}") ;; esac
        shift 2
        ;;
    -*) usage ;;
    *) break ;;
    esac
done
[ $# -ge 2 ] || usage
root=$(realpath "$1")
shift

# The mount namespace removes the mounts when the program ends. /proc is mounted because Swift reads its
# arguments there.
inside='
set -eu
root=$1 count=$2
shift 2
mount --bind "$root" "$root"
mount --bind /proc "$root/proc"
while [ "$count" -gt 0 ]; do
    # A file is mounted over a file, a folder over a folder; both are made where a volume would be.
    if [ -d "$2" ]; then mkdir -p "$root$3"; else mkdir -p "$(dirname "$root$3")"; [ -e "$root$3" ] || : > "$root$3"; fi
    mount --bind "$2" "$root$3"
    [ "$1" = --mount ] || mount -o remount,bind,ro "$root$3"
    shift 3
    count=$((count - 1))
done
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs env -i "$@"
'
sudo=() user=$(id -u)
if [ "$user" -eq 0 ]; then user=65532; else sudo=(sudo -n); fi
exec "${sudo[@]}" unshare --mount --propagation private sh -c "$inside" enter \
    "$root" $((${#mounts[@]} / 3)) "${mounts[@]}" \
    "${variables[@]}" /usr/sbin/chroot --userspec="$user:$user" --groups= "$root" "$@"
