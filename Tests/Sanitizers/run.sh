#!/usr/bin/env bash
# Runs the tests that need no second program under sanitizers, one after another: run.sh address thread
set -euo pipefail
cd "$(dirname "$0")/../.."

# What is left out, and why: a sanitizer sees one process, and the others wait for it less long.
left_out=(
    '^AWSTests\.'                                    # an emulator of AWS, in Python
    '^Conformance\.'                                 # PostgreSQL, emulators and backends
    '^CurlHTTPTests\.(HTTP2Tests|TLSTests)'          # servers of HTTP/2 and TLS
    '^DocsTests\.'                                   # the programs as built
    '^EndToEnd\.(?!(MonthTests|EveryStepTests)/)'    # the programs as built
    '^HTTPHostTests\.(MetricsEndpoint|WildcardAddress)Tests'  # promtool, and the programs as built
    '^InfraTests\.'                                  # Python, Prometheus, Chromium
    '^OpenMetricsTests\.(CollectorFile|Promtool)Tests'  # promtool
    '^PostgresTests\.'                               # PostgreSQL
    '^QueryAPITests\.QueryAPITests'                  # Prometheus
    '^RemoteWriteTests\.(CollectorReport|Doubt|Probe|RealBackend|StrictReceiver)Tests'  # backends
    '^StateTests\.'                                  # PostgreSQL
    '^TidyTests\.'                                   # nothing runs there but the reading of the sources
)

skip=()
for suite in "${left_out[@]}"; do skip+=(--skip "$suite"); done
here=Tests/Sanitizers
# Leaks of the toolchain's own libraries are not ours.
export LSAN_OPTIONS=suppressions=$PWD/$here/leaks.txt:print_suppressions=0

for sanitizer in "$@"; do
    flags=(--scratch-path ".build/$sanitizer" "--sanitize=$sanitizer"
        --explicit-target-dependency-import-check error)
    swift build --build-tests "${flags[@]}"
    preload=
    if [ "$sanitizer" = thread ]; then
        preload=$PWD/.build/thread/mutex.so
        clang -shared -fPIC -O1 -Wall -Wextra -Werror -o "$preload" "$here/mutex.c" -ldl
    fi
    echo "== $sanitizer"
    # One month, because everything takes several times as long.
    SOAK_SEEDS=1 LD_PRELOAD=$preload swift test --skip-build --no-parallel --disable-xctest "${flags[@]}" "${skip[@]}"
done
