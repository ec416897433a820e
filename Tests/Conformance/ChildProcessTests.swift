import TestSupport
import Testing

/// What tests that run programs rely on.
@Suite("A child process", .timeLimit(.minutes(5)))
struct ChildProcessTests {
    @Test("runs to its end with the given input, environment and folder")
    func outcome() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(
                of: "sh", ["-c", "cat; echo $WORD; pwd; echo oops >&2; exit 3"], input: "in\n",
                environment: ["WORD": "said"], in: folder)
            #expect(outcome.status == 3)
            #expect(outcome.output == "in\nsaid\n\(folder)\n")
            #expect(outcome.errors == "oops\n")
        }
    }

    @Test("makes its output available while it runs")
    func running() async throws {
        let output = try await ChildProcess.withRunning(
            "sh", ["-c", "echo ready; exec sleep 600"]
        ) { child in
            try await child.wait(for: "its word") { child.output.contains("ready") }
            #expect(!child.hasEnded)
            return child.output
        }
        #expect(output == "ready\n")
    }

    @Test("ends when it is killed, even if it ignores signals")
    func kill() async throws {
        try await ChildProcess.withRunning(
            "sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 0.01; done"]
        ) { child in
            try await child.wait(for: "its word") { child.output.contains("ready") }
            child.terminate()
            #expect(!child.hasEnded)
            child.kill()
            try await child.waitForEnd()
        }
    }

    @Test("reports that it ended before it was ready", arguments: ["false", "/no/such/program"])
    func endsEarly(program: String) async throws {
        let problem = await #expect(throws: ChildProcess.Problem.self) {
            try await ChildProcess.withRunning(program, []) { child in
                try await child.wait(for: "being ready") { false }
            }
        }
        #expect(problem?.description.hasPrefix("\(program) ended before being ready") == true)
    }

    @Test("is found if it is installed")
    func installed() async {
        #expect(await ChildProcess.isInstalled("sh"))
        #expect(await !ChildProcess.isInstalled("no-such-program"))
    }
}
