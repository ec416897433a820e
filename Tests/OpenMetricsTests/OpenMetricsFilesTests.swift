import Domain
import Fakes
import OpenMetrics
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("OpenMetrics files", .timeLimit(.minutes(2)))
struct OpenMetricsFilesTests {
    static let loc = "github_copilot_user_loc_added_sum"
    static let sessions = "github_copilot_user_cli_session_count"
    static let net = "github_copilot_billing_net_amount"

    static func text(_ folder: String, _ day: String = "2025-03-01") throws -> String {
        let bytes = FileManager.default.contents(atPath: "\(folder)/acme/\(day).om")
        return String(decoding: try #require(bytes), as: UTF8.self)
    }

    @Test("contain a day as OpenMetrics text")
    func text() async throws {
        try await withTemporaryFolder { folder in
            var batch = SampleBatch(.acme(.users))
            for (user, lines) in [("ada", 12.0), ("bob", 0)] {
                batch.add(Self.sessions, 1.5, [.organization: "acme"], [.userLogin: user])
                batch.add(Self.loc, lines, [.organization: "acme"], [.userLogin: user])
            }
            let delivery = try await OpenMetricsFiles(folder: folder).write(batch)
            #expect(delivery == Delivery(accepted: 4))
            #expect(
                try Self.text(folder) == """
                    # HELP github_copilot_user_loc_added_sum Lines of code one user added with Copilot.
                    # TYPE github_copilot_user_loc_added_sum gauge
                    github_copilot_user_loc_added_sum{organization="acme",user_login="ada"} 12 1740873599
                    github_copilot_user_loc_added_sum{organization="acme",user_login="bob"} 0 1740873599
                    # HELP github_copilot_user_cli_session_count Copilot CLI sessions of one user.
                    # TYPE github_copilot_user_cli_session_count gauge
                    github_copilot_user_cli_session_count{organization="acme",user_login="ada"} 1.5 1740873599
                    github_copilot_user_cli_session_count{organization="acme",user_login="bob"} 1.5 1740873599
                    # EOF

                    """)
        }
    }

    @Test("contain labels of one block, two blocks, and none")
    func blocks() async throws {
        try await withTemporaryFolder { folder in
            var batch = SampleBatch(.acme(.users))
            batch.add(Self.loc, 1, [:], [:])
            batch.add(Self.loc, 2, [.organization: "acme"], [:])
            batch.add(Self.loc, 3, [:], [.organization: "b", .userLogin: "x"])
            batch.add(Self.loc, 4, [.model: "m", .organization: "c"], [.userLogin: "x"])
            try await OpenMetricsFiles(folder: folder).write(batch)
            let lines = try Self.text(folder).split(separator: "\n")[2..<6]
            #expect(
                lines.map { $0.drop { $0 != "{" && $0 != " " } } == [
                    " 1 1740873599", #"{organization="acme"} 2 1740873599"#,
                    #"{organization="b",user_login="x"} 3 1740873599"#,
                    #"{model="m",organization="c",user_login="x"} 4 1740873599"#,
                ])
        }
    }

    @Test("replace the metrics of a source and keep those of others")
    func sources() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            var users = SampleBatch(.acme(.users))
            users.add(Self.loc, 1, [.userLogin: "ada"])
            users.add(Self.sessions, 2, [.userLogin: "ada"])
            var billing = SampleBatch(.acme(.billing))
            billing.add(Self.net, 3.5, [.sku: "copilot"])
            try await sink.write(users)
            try await sink.write(billing)

            let both = try OpenMetricsText(try Self.text(folder))
            #expect(both.families == [Self.net, Self.loc, Self.sessions])
            #expect(both.values == users.values.merging(billing.values) { $1 })

            var restated = SampleBatch(.acme(.users))
            restated.add(Self.loc, 7, [.userLogin: "bob"])
            try await sink.write(restated)
            let after = try OpenMetricsText(try Self.text(folder))
            #expect(after.families == [Self.net, Self.loc])
            #expect(after.values == restated.values.merging(billing.values) { $1 })

            try await sink.write(SampleBatch(.acme(.users)))
            #expect(try OpenMetricsText(try Self.text(folder)).values == billing.values)
            try await sink.write(SampleBatch(.acme(.billing)))
            #expect(try Self.text(folder) == "# EOF\n")
        }
    }

    @Test("keep unknown families")
    func unknown() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            let family =
                "# HELP of_tomorrow New.\n# TYPE of_tomorrow gauge\nof_tomorrow 1 1740873599\n"
            try FileManager.default.createDirectory(
                atPath: "\(folder)/acme", withIntermediateDirectories: true)
            try Data("\(family)# EOF\n".utf8)
                .write(to: URL(filePath: "\(folder)/acme/2025-03-01.om"))
            var users = SampleBatch(.acme(.users))
            users.add(Self.loc, 1, [.userLogin: "ada"])
            try await sink.write(users)
            #expect(try Self.text(folder).hasSuffix("\(family)# EOF\n"))
            #expect(
                try OpenMetricsText(try Self.text(folder)).families == [Self.loc, "of_tomorrow"])
        }
    }

    @Test(
        "are not replaced if they are incomplete", arguments: ["", "# EOF", "x 1 2\n", "# EOF\nx"])
    func damaged(text: String) async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/acme/2025-03-01.om"
            let sink = try OpenMetricsFiles(folder: folder)
            let failure = await #expect(throws: Failure.self) {
                try await sink.withWriter(for: .acme(.users)) { _ in
                    let isMade = FileManager.default.createFile(
                        atPath: path, contents: Data(text.utf8))
                    #expect(isMade)
                }
            }
            #expect(failure?.code == .unreadableState)
            #expect(failure?.message.contains(path) == true)
            #expect(try Self.text(folder) == text)
            #expect(try Self.names(in: folder) == [".lock", "2025-03-01.om"])
        }
    }

    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/acme").sorted()
    }
}

extension OpenMetricsFilesTests {
    /// Enough users to write the lines of each metric to the spool several times.
    static func manyUsers(_ scope: SampleScope, count: Int = 4_000) -> [SampleBatch] {
        stride(from: 0, to: count, by: 500).map { first in
            var batch = SampleBatch(scope)
            for user in first..<first + 500 {
                batch.addLabel(.organization, "acme")
                batch.addLabel(.userLogin, "user-with-a-long-name-\(user)")
                let block = batch.endBlock()
                for name in [Self.loc, Self.sessions] {
                    guard let metric = Catalogue.byName[name] else { continue }
                    batch.add(metric, Double(user), head: block, tail: .empty)
                }
            }
            return batch
        }
    }

    @Test("contain samples by metric in the order of writing, with the same bytes each time")
    func gathering() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            var texts: [String] = []
            for day in ["2025-03-01", "2025-03-01", "2025-03-02"] {
                let scope = SampleScope.acme(.users, day)
                let delivery = try await sink.write(Self.manyUsers(scope), for: scope)
                #expect(delivery == Delivery(accepted: 8_000))
                texts.append(try Self.text(folder, day))
            }
            let read = try OpenMetricsText(texts[0])
            #expect(read.families == [Self.loc, Self.sessions])
            #expect(read.lines.map(\.value) == (0..<8_000).map { Double($0 % 4_000) })
            #expect(read.values.count == 8_000)
            #expect(texts[0] == texts[1])
            #expect(texts[0] == texts[2].replacing(" 1740959999\n", with: " 1740873599\n"))
        }
    }

    @Test("lose nothing when sources of a day are written concurrently")
    func atOnce() async throws {
        try await withTemporaryFolder { folder in
            for day in 1...9 {
                let (users, billing) = (
                    SampleScope.acme(.users, "2025-03-0\(day)"),
                    SampleScope.acme(.billing, "2025-03-0\(day)")
                )
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for scope in [users, billing, users, billing] {
                        tasks.addTask {
                            var batch = SampleBatch(scope)
                            batch.add(scope.source == .users ? Self.loc : Self.net, 1, [.sku: "x"])
                            // Each has its own sink, as in two processes.
                            try await OpenMetricsFiles(folder: folder).write(batch)
                        }
                    }
                    try await tasks.waitForAll()
                }
                let text = try OpenMetricsText(try Self.text(folder, "2025-03-0\(day)"))
                #expect(text.families == [Self.net, Self.loc])
                #expect(text.lines.count == 2)
            }
        }
    }

    @Test("contain nothing of a write that failed")
    func dropped() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            let failure = await #expect(throws: Failure.self) {
                try await sink.withWriter(for: .acme(.users)) { writer throws(Failure) in
                    for batch in Self.manyUsers(.acme(.users)) { try await writer.write(batch) }
                    throw Failure(.unavailable, "the download broke off")
                }
            }
            #expect(failure?.message == "the download broke off")
            #expect(try Self.names(in: folder) == [".lock"])
        }
    }

    @Test("remove what a killed process left")
    func leftover() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            try FileManager.default.createDirectory(
                atPath: "\(folder)/acme", withIntermediateDirectories: true)
            try Data("half a file".utf8)
                .write(to: URL(filePath: "\(folder)/acme/.2025-03-01.om.next"))
            await #expect(throws: Failure.self) {
                try await sink.withWriter(for: .acme(.users)) { _ throws(Failure) in
                    throw Failure(.unavailable, "the download broke off")
                }
            }
            #expect(try Self.names(in: folder) == [".lock"])
        }
    }

    @Test("can be read by every user")
    func modes() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            try await sink.write(SampleBatch(.acme(.users)))
            for (name, mode) in [("acme", 0o755), ("acme/2025-03-01.om", 0o644)] {
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: "\(folder)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == mode)
            }
        }
    }

    @Test("name the variable when a folder cannot be written to")
    func unwritable() async throws {
        try await withTemporaryFolder { folder in
            let sink = try OpenMetricsFiles(folder: folder)
            #expect(FileManager.default.createFile(atPath: "\(folder)/acme", contents: nil))
            let failure = await #expect(throws: Failure.self) {
                try await sink.write(SampleBatch(.acme(.users)))
            }
            #expect(failure?.code == .misconfigured)
            #expect(failure?.message.contains("\(folder)/acme") == true)
            #expect(failure?.message.contains("METRICS_SINK") == true)
        }
    }

    @Test(
        "report which folder cannot be written to",
        arguments: ["/dev/null/metrics", "/proc/metrics"])
    func folder(path: String) {
        let failure = #expect(throws: Failure.self) { try OpenMetricsFiles(folder: path) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains(path) == true)
    }
}
