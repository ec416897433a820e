import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Commands that only read", .timeLimit(.minutes(5)))
struct ReadOnlyTests {
    @Test(
        "create nothing in an empty folder",
        arguments: [
            ["status"], ["events"], ["integrations"], ["dead-letters"], ["state"], ["metrics"],
        ])
    func nothing(arguments: [String]) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, arguments, in: folder)
            // Nobody is connected, which `status` reports.
            #expect(outcome.status == (arguments == ["status"] ? 1 : 0), "\(outcome.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("show pages without any variable of the App, and create nothing")
    func console() async throws {
        try await withTemporaryFolder { folder in
            let port = try freePort()
            try await ChildProcess.withRunning(
                BuiltProgram.local, ["console", "--port", "\(port)"], in: folder
            ) { console in
                try await console.wait(for: "its address") {
                    console.output.contains("http://127.0.0.1:\(port)/")
                }
                for (path, text) in [
                    ("/", "Nobody has connected GitHub yet."), ("/events", "No dead letters."),
                    ("/api/organizations", #"{"organizations":[]}"#),
                ] {
                    let reply = try await PlainHTTP().send(
                        HTTPClientRequest("GET", "http://127.0.0.1:\(port)\(path)"))
                    let body = String(decoding: try await reply.body.bytes(), as: UTF8.self)
                    #expect(body.contains(text), "\(path)")
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
