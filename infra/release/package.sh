#!/usr/bin/env bash
# Builds the Debian package with debhelper; infra/debian/package is its `debian` folder. FOLDER contains
# both programs, stripped, and `third-party-notices`, and receives the package. dist.sh runs this script in
# the top folder of the project, with SOURCE_DATE_EPOCH set.
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
    complete bash | sed 1d >"$build/completions/bash/$program" # bash reads the file; it does not run it
    complete fish >"$build/completions/fish/$program.fish"
    complete zsh >"$build/completions/zsh/_$program"
    infra/release/manual.py "$folder/$program" >"$build/man/$program.1"
done
maintainer=$(sed -n 's/^Maintainer: //p' infra/debian/package/control)
infra/release/changelog.py CHANGELOG.md "$version" "$maintainer" >"$build/debian/changelog"

# dpkg-shlibdeps finds the libraries that the programs are linked with. rootfs.sh also finds those that
# they load on first use.
LOADED=$(infra/container/rootfs.sh --packages "$folder/copilot-functions" | paste -sd, | sed 's/,/, /g')
export LOADED

cd "$build"
debian/rules binary >"$build.log" 2>&1 || {
    cat "$build.log" >&2
    exit 1
}
