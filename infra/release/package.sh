#!/usr/bin/env bash
# Builds the Debian package in a folder of its own: what debhelper knows of it is in infra/debian/package.
# FOLDER holds both programs without symbols, and `third-party-notices`; the package is left beside them.
# infra/release/dist.sh calls this, in the top folder of the project and with SOURCE_DATE_EPOCH set.
set -euo pipefail

[ $# -eq 2 ] || {
    echo "usage: $0 FOLDER VERSION" >&2
    exit 2
}
folder=$1 version=$2

build=$folder/package
mkdir -p "$build"/{completions/{bash,fish,zsh},man}
cp -r infra/debian/package "$build/debian"
cp "$folder"/{copilot-functions,copilot-local,third-party-notices} "$build"

for program in copilot-functions copilot-local; do
    complete() { "$folder/$program" --generate-completion-script "$1"; }
    complete bash | sed 1d >"$build/completions/bash/$program" # the shell reads it: no #! line
    complete fish >"$build/completions/fish/$program.fish"
    complete zsh >"$build/completions/zsh/_$program"
    infra/release/manual.py "$folder/$program" >"$build/man/$program.1"
done
maintainer=$(sed -n 's/^Maintainer: //p' infra/debian/package/control)
infra/release/changelog.py CHANGELOG.md "$version" "$maintainer" >"$build/debian/changelog"

# dpkg-shlibdeps finds the libraries that the programs are linked with. This finds those that they
# load when they need them.
LOADED=$(infra/container/rootfs.sh --packages "$folder/copilot-functions" | paste -sd, | sed 's/,/, /g')
export LOADED

cd "$build"
debian/rules binary >"$build.log" 2>&1 || {
    cat "$build.log" >&2
    exit 1
}
