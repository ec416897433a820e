import Deployment
import Domain
import Synchronization
import TestSupport
import Testing
import Toolbox

/// What the emulator does not show: the requests themselves, and how the program ends.
@Suite("The Runtime API's client", .timeLimit(.minutes(2)))
struct RuntimeAPITests {
    private static let environment: [String: String?] = [
        "GITHUB_APP_ID": "1", "GITHUB_APP_CLIENT_ID": "Iv", "GITHUB_APP_CLIENT_SECRET": "s",
        "STATE_STORE": "memory", "_HANDLER": "onDailyTick",
        "STATE_ENCRYPTION_KEYS": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    ]

    /// Hands out events by `next`, then lets the caller wait.
    private static func api(
        _ events: [(id: String, event: String)]
    ) -> @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step] {
        let queue = Queue(events)
        return { request in
            guard request.target == "/2018-06-01/runtime/invocation/next" else {
                // What Lambda says of an invocation that it has given up meanwhile.
                return [.reply(request.target.contains("/stale/") ? 400 : 202)]
            }
            guard let (id, event) = queue.next() else { return [.awaitHangUp] }
            return [
                .reply(
                    200,
                    [
                        "Lambda-Runtime-Aws-Request-Id": id,
                        "Lambda-Runtime-Deadline-Ms": "4000000000000",
                        "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
                    ], Array(event.utf8))
            ]
        }
    }

    private final class Queue: Sendable {
        private let events: Mutex<[(String, String)]>

        init(_ events: [(id: String, event: String)]) {
            self.events = Mutex(events.map { ($0.id, $0.event) })
        }

        func next() -> (String, String)? {
            events.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
    }

    @Test("answers each event by its id, reports errors with their type, and stops when asked")
    func requests() async throws {
        let events = [
            ("a", #"{"time":"2026-11-22T06:00:00Z"}"#), ("b", "nonsense"), ("stale", "{}"),
            ("c", #"{"time":"2026-11-20T06:00:00Z"}"#),
        ]
        try await withLoopbackServer(Self.api(events)) { server in
            var environment = Self.environment
            environment["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:\(server.port)"
            try await ChildProcess.withRunning(BuiltProgram.functions, [], environment: environment)
            {
                child in
                try await child.wait(for: "the answers") { server.requests.count == 9 }
                #expect(child.output.contains(#""request":"a""#))
                #expect(child.output.contains("Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"))
                child.terminate()
                try await child.waitForEnd(atMost: .seconds(10))
                #expect(!child.output.contains("critical"), "\(child.output)")
            }
            let posts = server.requests.filter { $0.method == "POST" }
            #expect(
                posts.map(\.target) == [
                    "/2018-06-01/runtime/invocation/a/response",
                    "/2018-06-01/runtime/invocation/b/error",
                    "/2018-06-01/runtime/invocation/stale/response",
                    "/2018-06-01/runtime/invocation/c/response",
                ])
            #expect(String(decoding: posts[0].body, as: UTF8.self).contains("2026-11-22T06:00:00Z"))
            #expect(
                posts[1].fields["lambda-runtime-function-error-type"] == "Function.malformedEvent")
            let error = try json(String(decoding: posts[1].body, as: UTF8.self))
            #expect(error["errorType"]?.text == "malformedEvent")
            #expect(error["stackTrace"] == .array([]))
        }
    }

    @Test("stops when the Runtime API is gone or asks it to", arguments: [500, 0])
    func gone(status: Int) async throws {
        let server: @Sendable (LoopbackServer.Request) -> [LoopbackServer.Step] = { _ in
            status == 0 ? [.reset] : [.reply(status)]
        }
        try await withLoopbackServer(server) { server in
            var environment = Self.environment
            environment["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:\(server.port)"
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.functions, [], environment: environment)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("critical"), "\(outcome.errors)")
        }
    }
}
