#!/usr/bin/env bash
# Runs every test that was built, in two halves at once, because most tests wait for a program, a server or
# a browser. Each half runs one test at a time: they start servers, kill programs and hold back bodies, on
# two cores. What is given goes to `swift test`: run.sh FLAG…
set -euo pipefail
cd "$(dirname "$0")/.."

# One pattern makes both halves, so that no test is forgotten and none is run twice.
half='^(EndToEnd)\.'
logs=.build/tests
mkdir -p "$logs"

test=(swift test --skip-build --ignore-lock --no-parallel --disable-xctest "$@")

"${test[@]}" --filter "$half" >"$logs/second.log" 2>&1 &
second=$!
trap 'kill $second 2>/dev/null || true' EXIT
# Of two that read the package at the same moment, one finds no tests in it. So the other waits for the tests.
until grep -qs 'PackageTests[.]xctest' /proc/[0-9]*/cmdline || ! kill -0 $second 2>/dev/null; do sleep 0.2; done

failed=()
"${test[@]}" --skip "$half" 2>&1 | tee "$logs/first.log" || failed+=("$logs/first.log")
# What the other half said meanwhile, and what it says until its end.
tail --lines +1 --follow --pid $second "$logs/second.log"
wait $second || failed+=("$logs/second.log")

if [ ${#failed[@]} -gt 0 ]; then
    echo "== What failed:"
    grep -hE '^✘|error: ' "${failed[@]}" || echo "no test: read the end of ${failed[*]}"
    exit 1
fi
