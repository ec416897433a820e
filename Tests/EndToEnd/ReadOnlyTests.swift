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
        "create nothing in an empty folder, and say where they looked",
        arguments: [
            (["status"], "state"), (["status", "--json"], "state"), (["events"], "state"),
            (["integrations"], "state"), (["integrations", "remove", "9-x"], "state"),
            (["state"], "state"), (["dead-letters"], "bus"), (["dead-letters", "redrive"], "bus"),
            (["metrics"], nil),
        ] as [([String], String?)])
    func nothing(arguments: [String], place: String?) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, arguments, in: folder)
            #expect(outcome.status == (place == nil ? 0 : 1), "\(outcome.errors)")
            if let place {
                #expect(outcome.errors.contains(" in \(folder)/\(place)."), "\(outcome.errors)")
            }
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

    @Test("find the state that a file of variables names, from any folder")
    func environmentFile() async throws {
        try await Stage.with { stage in
            try await stage.authorize()
            let file = "\(stage.folder)/app.env"
            try "STATE_STORE=file:./state\nEVENT_BUS=file:bus\n"
                .write(toFile: file, atomically: true, encoding: .utf8)
            try await withTemporaryFolder { elsewhere in
                for path in [file, "../\(URL(filePath: stage.folder).lastPathComponent)/app.env"] {
                    let outcome = try await ChildProcess.outcome(
                        of: BuiltProgram.local, ["integrations", "--env-file", path],
                        in: elsewhere)
                    #expect(outcome.status == 0, "\(outcome.errors)")
                    #expect(outcome.output.contains("acme"))
                }
                #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty)
            }
        }
    }
}

@Suite("Commands in the wrong folder", .timeLimit(.minutes(5)))
struct WrongFolderTests {
    /// The variables of the App and of GitHub, without places of state and without a key.
    private static let placeless: [String: String?] = [
        "STATE_STORE": nil, "EVENT_BUS": nil, "METRICS_SINK": nil, "STATE_ENCRYPTION_KEYS": nil,
    ]

    @Test("leave no empty installation behind")
    func empty() async throws {
        try await Stage.with { stage in
            for (arguments, status) in [(["tick"], Int32(1)), (["doctor"], 1)] {
                let outcome = try await ChildProcess.outcome(
                    of: BuiltProgram.local, arguments,
                    environment: stage.environment.merging(Self.placeless) { $1 },
                    in: stage.folder)
                #expect(outcome.status == status, "\(outcome.errors)")
                #expect(
                    (outcome.output + outcome.errors).contains("no state in \(stage.folder)/state"),
                    "\(outcome.output)\(outcome.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: stage.folder).isEmpty)
            }
        }
    }

    @Test("make no new key beside state that another key sealed")
    func keyFile() async throws {
        try await Stage.with { stage in
            let own = ["STATE_ENCRYPTION_KEYS": nil] as [String: String?]
            let (status, _) = try await Stage(
                folder: stage.folder, github: stage.github,
                environment: stage.environment.merging(own) { $1 }, port: stage.port
            ).authorize()
            #expect(status == 200)
            let key = "\(stage.folder)/state.key"
            try FileManager.default.moveItem(atPath: key, toPath: "\(key).moved")
            for arguments in [["tick"], ["doctor"], ["run", "--port", "\(stage.port)"]] {
                let outcome = try await ChildProcess.outcome(
                    of: BuiltProgram.local, arguments,
                    environment: stage.environment.merging(own) { $1 }, in: stage.folder)
                #expect(outcome.status == 2, "\(outcome.errors)")
                #expect(outcome.errors.contains("\(key) is missing"), "\(outcome.errors)")
                #expect(outcome.errors.contains("STATE_ENCRYPTION_KEYS"))
                #expect(!FileManager.default.fileExists(atPath: key))
            }
            try FileManager.default.moveItem(atPath: "\(key).moved", toPath: key)
            #expect(try await stage.local("tick", with: own).status == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: stage.folder)
            #expect(names.filter { $0.hasPrefix("state.key") } == ["state.key"])
        }
    }
}
