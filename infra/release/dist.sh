#!/usr/bin/env bash
# Writes a release to DIR: the Debian package, the image, the bill of materials and SHA256SUMS. It uses
# the programs in .build/release, which `make dist` builds. The same commit gives the same bytes: every
# time in the files is the time of the commit.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() {
    echo "$(basename "$0"): $1" >&2
    exit "${2:-1}"
}

[ $# -eq 1 ] || fail "usage: $0 DIR" 2
out=$(realpath -m "$1")
if [ -e "$out" ] && [ -n "$(ls -A "$out")" ] && [ ! -e "$out/SHA256SUMS" ]; then
    fail "$out holds other files. Name another folder." 2
fi
built=.build/release
for program in copilot-functions copilot-local; do
    [ -x "$built/$program" ] || fail "$built/$program does not exist. Run \`make dist\`." 2
done
version=$("$built/copilot-functions" --version)
revision=$(git rev-parse HEAD)
git diff --quiet HEAD -- || echo "$(basename "$0"): warning: the source differs from commit $revision" >&2
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC PYTHONDONTWRITEBYTECODE=1
umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/dist"

# Blanks a section, all but its first KEEP bytes. Removing one would cost the program its read-only
# relocations.
blank() { # PROGRAM SECTION KEEP
    objcopy --dump-section "$2=$work/section" "$1" /dev/null
    {
        head -c "$3" "$work/section"
        head -c $(($(stat -c %s "$work/section") - $3)) /dev/zero
    } >"$work/blank"
    objcopy --update-section "$2=$work/blank" "$1"
}

for program in copilot-functions copilot-local; do
    strip -o "$work/$program" "$built/$program"
    # Two hashes differ from compilation to compilation. A note keeps its head of 16 bytes.
    blank "$work/$program" .swift_modhash 0
    blank "$work/$program" .note.gnu.build-id 16
done
infra/release/notices.py "$built"/copilot-{functions,local} >"$work/third-party-notices"

infra/release/package.sh "$work" "$version"
package=$(basename "$work"/*.deb)
mv "$work/$package" "$work/dist"

# The licences of everything in the image.
infra/container/rootfs.sh "$work/copilot-functions" "$work/root" >&2
infra/release/debian_packages.py "$work/root" | while read -r name; do
    install -D -m 644 -t "$work/root/usr/share/doc/$name" "/usr/share/doc/$name/copyright"
done
install -D -m 644 -t "$work/root/usr/share/doc/copilot-functions" LICENSE "$work/third-party-notices"
image=copilot-functions_${package#*_}
image=${image%.deb}.oci.tar
infra/release/image.py "$work/root" "$work/dist/$image" "$version" "$revision"

infra/release/sbom.py "$version" "$work/root" "$work/dist/$package" "$work/dist/$image" \
    "$built/copilot-functions" "$built/copilot-local" >"$work/dist/${package%.deb}.spdx.json"

(cd "$work/dist" && sha256sum -- * >"$work/SHA256SUMS" && mv "$work/SHA256SUMS" .)
rm -rf "$out"
mkdir -p "$(dirname "$out")"
cp -r "$work/dist" "$out"
cat "$out/SHA256SUMS"
