import TestSupport
import Testing

@Suite("The pages of the local runner", .timeLimit(.minutes(5)))
struct LoopbackTests {
    /// Runs the local runner while `body` asks for pages.
    private func running(
        _ stage: Stage, _ arguments: [String] = [], with changes: [String: String?] = [:],
        _ body: (_ get: (String, [String]) async throws -> String) async throws -> Void
    ) async throws {
        try await ChildProcess.withRunning(
            BuiltProgram.local, ["run", "--port", String(stage.port)] + arguments,
            environment: stage.environment.merging(changes) { $1 }, in: stage.folder
        ) { runner in
            try await runner.wait(for: "its page") {
                (try? await Stage.get("http://127.0.0.1:\(stage.port)/healthz"))?.status == 200
            }
            try await body { target, fields in
                let head = ["GET \(target) HTTP/1.1", "connection: close"] + fields
                return try await PlainHTTP.exchange(
                    head.joined(separator: "\r\n") + "\r\n\r\n", with: Int(stage.port))
            }
        }
    }

    @Test("are refused to a website whose name was made to lead here")
    func rebinding() async throws {
        try await Stage.with { stage in
            try await running(stage) { get in
                for path in ["/", "/authorize", "/authorize/callback?code=a&state=b", "/nowhere"] {
                    let foreign = try await get(path, ["host: evil.example:\(stage.port)"])
                    #expect(foreign.hasPrefix("HTTP/1.1 403"), "\(foreign)")
                    #expect(!foreign.contains("set-cookie"))
                }
                for host in ["127.0.0.1", "localhost", "[::1]"] {
                    let own = try await get("/", ["host: \(host):\(stage.port)"])
                    #expect(own.hasPrefix("HTTP/1.1 200"), "\(own)")
                }
            }
        }
    }

    @Test("begin no authorization for another website, and store none that only began")
    func foreignSite() async throws {
        try await Stage.with { stage in
            try await running(stage) { get in
                let host = "host: 127.0.0.1:\(stage.port)"
                let image = try await get(
                    "/authorize",
                    [host, "sec-fetch-site: cross-site", "sec-fetch-mode: no-cors"])
                #expect(image.hasPrefix("HTTP/1.1 403"), "\(image)")
                let typed = try await get(
                    "/authorize",
                    [
                        host, "sec-fetch-site: none", "sec-fetch-mode: navigate",
                        "sec-fetch-dest: document", "sec-fetch-user: ?1",
                    ])
                #expect(typed.hasPrefix("HTTP/1.1 302"), "\(typed)")
                for _ in 1...20 {
                    #expect(try await get("/authorize", [host]).hasPrefix("HTTP/1.1 302"))
                }
            }
            let keys = try await stage.local("state", "--json")
            #expect(!keys.output.contains("authorization"), "\(keys.output)")
        }
    }

    @Test("all ask for the setup token where it is set, also on an address that is not loopback")
    func setupToken() async throws {
        try await Stage.with { stage in
            let token = ["SETUP_TOKEN": Stage.setupToken] as [String: String?]
            try await running(stage, ["--host", "0.0.0.0"], with: token) { get in
                let host = "host: 127.0.0.1:\(stage.port)"
                for path in ["/", "/?token=wrong", "/authorize", "/nowhere"] {
                    #expect(try await get(path, [host]).hasPrefix("HTTP/1.1 401"), "\(path)")
                }
                let opened = try await get("/?token=\(Stage.setupToken)", [host])
                #expect(opened.hasPrefix("HTTP/1.1 303"), "\(opened)")
                let field = try #require(
                    opened.split(whereSeparator: \.isNewline)
                        .first { $0.lowercased().hasPrefix("set-cookie: ") })
                let cookie = "cookie: \(field.dropFirst(12).prefix { $0 != ";" })"
                #expect(try await get("/", [host, cookie]).hasPrefix("HTTP/1.1 200"))
                #expect(try await get("/authorize", [host, cookie]).hasPrefix("HTTP/1.1 302"))
            }
        }
    }
}
