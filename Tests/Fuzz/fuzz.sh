#!/usr/bin/env bash
# Runs libFuzzer on each reader of bytes from outside, or on one: fuzz.sh SECONDS [TARGET]
# An input that breaks a reader is added to the committed corpus, which the tests replay.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=$1
corpus=Tests/FuzzTests/Corpus
targets=${2:-$(ls "$corpus")}
build=.build/fuzz
# The optimizer stays away from `precondition`, and internal readers can be called.
FUZZ=1 swift build --scratch-path "$build" -c release -Xswiftc -enable-testing --sanitize=fuzzer \
    -Xswiftc -parse-as-library --product fuzz

status=0
for target in $targets; do
    mkdir -p "$build/corpus/$target"
    echo "== $target, $seconds s"
    if ! FUZZ_TARGET=$target "$build/release/fuzz" -max_total_time="$seconds" -timeout=20 \
        -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$corpus/$target/" "$build/corpus/$target" "$corpus/$target"; then
        status=1
    fi
done
[ $status -eq 0 ] || echo "An input broke a reader. It is in $corpus: mend the reader and commit the input." >&2
exit $status
