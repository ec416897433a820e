import TestSupport
import Testing

@Suite("The function host on IPv6", .timeLimit(.minutes(5)))
struct IPv6Tests {
    /// Serves in a network of its own, so that a test may change the system's settings for IPv6.
    private static let script = #"""
        ip link set lo up 2>&1 && { [ -z "$1" ] || echo 1 2>&1 >"/proc/sys/net/ipv6/$1"; } || exit 77
        "$0" onDailyTick >log 2>&1 &
        for attempt in $(seq 200); do
            grep -q 'serving HTTP' log && break
            kill -0 $! || break
            sleep 0.1
        done
        for host in '[::1]' 127.0.0.1; do
            curl -sg -o page --noproxy '*' "http://$host:8080/healthz" && echo "$host answers"
        done
        kill $!
        wait
        cat log >&2
        """#

    @Test(
        "answers probes of both kinds, and those of IPv4 where IPv6 is off or apart",
        arguments: [
            ("", "[::1] answers\n127.0.0.1 answers\n"),
            ("bindv6only", "127.0.0.1 answers\n"),
            ("conf/all/disable_ipv6", "127.0.0.1 answers\n"),
        ])
    func probes(setting: String, answers: String) async throws {
        try await Stage.with { stage in
            let outcome = try await ChildProcess.outcome(
                of: "unshare", ["-rn", "sh", "-c", Self.script, BuiltProgram.functions, setting],
                environment: stage.environment.merging(["PORT": "8080"]) { $1 }, in: stage.folder)
            guard outcome.status != 77, !outcome.errors.hasPrefix("unshare:") else {
                print("not tested: this kernel gives no network of its own: \(outcome.errors)")
                return
            }
            #expect(outcome.output == answers, "\(outcome.errors)")
        }
    }
}
