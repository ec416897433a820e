import Domain
import Fakes
import Ports
import Testing

@testable import Runner

@Suite("A diagnosis of an organization", .timeLimit(.minutes(5)))
struct DoctorOrganizationTests {
    private func diagnosis(
        identity: UserIdentity = .full, answer: @escaping DoctorBench.Answer
    ) async throws -> Diagnosis {
        let bench = try DoctorBench(answer: answer)
        try await bench.connect()
        return await bench.diagnosis(identity: identity)
    }

    @Test(
        "reports the age of the newest report",
        arguments: [
            (0, .ok, "2026-11-21"), (2, .ok, "2026-11-19"), (3, .warning, "2026-11-18"),
            (6, .warning, "2026-11-15"), (7, .warning, "last 7 days"),
        ] as [(Int, Check.Outcome, String)])
    func reportAge(age: Int, outcome: Check.Outcome, words: String) async throws {
        let newest = try #require(Day("2026-11-21")).advanced(by: -age)
        let diagnosis = try await diagnosis { request throws(Failure) in
            guard request.url.contains("/reports/") else { return nil }
            return (Day(String(request.url.suffix(10))) ?? newest) > newest
                ? HTTPClientResponse(status: 204, bytes: []) : nil
        }
        let check = try diagnosis.check(.report)
        #expect(check.outcome == outcome)
        #expect(check.seen.contains(words), "\(check.seen)")
        let file = try diagnosis.check(.reportHost)
        #expect(file.outcome == (age < 7 ? .ok : .skipped))
    }

    @Test(
        "distinguishes the refusals of a report",
        arguments: [
            (403, "The 'Copilot usage metrics' policy must be enabled", "Enabled everywhere"),
            (403, "Resource not accessible by integration", "Organization Copilot metrics: read"),
            (403, "You must be an owner", "owner of acme"),
            (401, "Bad credentials", "uninstalled from acme"),
        ])
    func reportRefusals(status: Int, message: String, fix: String) async throws {
        let diagnosis = try await diagnosis { request throws(Failure) in
            request.url.contains("/reports/") ? .refusal(status, message) : nil
        }
        let check = try diagnosis.check(.report)
        #expect(check.outcome == .problem)
        #expect(check.fix?.contains(fix) == true, "\(check)")
        #expect(diagnosis.names(.problem) == [.report])
        #expect(diagnosis.names(.skipped) == [.reportHost])
    }

    @Test("accepts a bill paid elsewhere, and reports a refused one as a problem")
    func billing() async throws {
        for (status, outcome) in [(404, Check.Outcome.ok), (403, .problem)] {
            let diagnosis = try await diagnosis { request throws(Failure) in
                request.url.contains("/billing/") ? .refusal(status, "No") : nil
            }
            let check = try diagnosis.check(.billing)
            #expect(check.outcome == outcome)
            #expect(check.seen.contains("elsewhere") == (status == 404))
        }
    }

    @Test("requires e-mail addresses only where they are written")
    func addresses() async throws {
        for (identity, outcome) in [(UserIdentity.full, Check.Outcome.warning), (.login, .ok)] {
            let diagnosis = try await diagnosis(identity: identity) { request throws(Failure) in
                request.url.hasSuffix("/graphql") ? .json(DoctorBench.members(email: "[]")) : nil
            }
            let check = try diagnosis.check(.members)
            #expect(check.outcome == outcome)
            #expect((check.fix?.contains("USER_IDENTITY") ?? false) == (outcome == .warning))
        }
    }

    @Test("names missing permissions, and checks the rest")
    func permissions() async throws {
        let diagnosis = try await diagnosis { request throws(Failure) in
            guard request.url.contains("/user/installations") else { return nil }
            return .json(
                #"""
                {"installations":[{"id":555,"account":{"id":1,"login":"acme"},
                "target_type":"Organization","permissions":{"members":"read"}}]}
                """#)
        }
        let check = try diagnosis.check(.permissions)
        #expect(check.seen == "not granted: Organization Copilot metrics, Administration")
        #expect(diagnosis.names(.problem) == [.permissions])
        #expect(diagnosis.names(.skipped) == [.report, .billing, .reportHost])
        #expect(try diagnosis.check(.report).seen == "needs permissions")
        #expect(try diagnosis.check(.members).outcome == .ok)
    }

    @Test("names the host of a file that may not be downloaded, and the variable")
    func host() async throws {
        let diagnosis = try await diagnosis { request throws(Failure) in
            guard request.url.contains("/reports/") else { return nil }
            return .json(#"{"download_links":["https://files.example/1?sig=planted"]}"#)
        }
        let check = try diagnosis.check(.reportHost)
        #expect(check.outcome == .problem)
        #expect(check.fix?.contains("files.example") == true)
        #expect(check.fix?.contains("GITHUB_REPORT_HOSTS") == true)
    }

    @Test("checks nothing about an organization that the settings leave out")
    func leftOut() async throws {
        let bench = try DoctorBench()
        try await bench.connect()
        let diagnosis = await bench.diagnosis(
            selection: OrganizationSelection(except: OrganizationPatterns("ac*")))
        let check = try diagnosis.check(.installation)
        #expect(check.outcome == .ok && check.about == "acme")
        #expect(check.seen.contains("ORGANIZATIONS_EXCEPT leaves it out"))
        #expect(diagnosis.names(.problem).isEmpty)
        #expect(try diagnosis.check(.authorization).outcome == .warning)
        #expect(!bench.paths.contains { $0.contains("acme") })
    }

    @Test("finds a login in the settings that no authorization reaches")
    func namedInVain() async throws {
        let bench = try DoctorBench()
        try await bench.connect()
        let diagnosis = await bench.diagnosis(
            selection: OrganizationSelection(only: OrganizationPatterns("acme acme-typo")))
        #expect(
            diagnosis.checks.filter { $0.outcome == .problem }.map(\.about) == ["acme-typo"])
    }

    @Test(
        "explains the messages of backends",
        arguments: [
            ("400: out of bounds", "out_of_order_time_window to 7d"),
            ("500: too old sample", "out_of_order_time_window to 7d"),
            ("409: out of order sample", "out_of_order_time_window to 7d"),
            ("400: per-user series limit", "limits"),
        ])
    func backend(said: String, fix: String) async throws {
        let bench = try DoctorBench()
        let diagnosis = await bench.diagnosis(backends: [
            DoctorChecks.Backend(name: "a") { _ throws(Failure) in
                Delivery(accepted: 0, rejected: 1, reasons: [said])
            }
        ])
        let check = try diagnosis.check(.backend)
        #expect(check.outcome == .problem && check.about == "a")
        #expect(check.seen.contains(said))
        #expect(check.fix?.contains(fix) == true, "\(check)")
        #expect(DoctorChecks.advice(on: "too old", lookbackDays: 30).contains("32d"))
    }

    @Test("continues with the next backend when one fails")
    func backends() async throws {
        let bench = try DoctorBench()
        let diagnosis = await bench.diagnosis(backends: [
            DoctorChecks.Backend(name: "a") { _ throws(Failure) in
                throw Failure(.unauthorized, "a answered 401; check REMOTE_WRITE_BEARER_TOKEN")
            },
            DoctorChecks.Backend(name: "b") { _ throws(Failure) in Delivery(accepted: 1) },
        ])
        let found = diagnosis.checks.filter { $0.name == .backend }
        #expect(found.map(\.about) == ["a", "b"])
        #expect(found.map(\.outcome) == [.problem, .ok])
        #expect(found.first?.fix?.contains("REMOTE_WRITE_BEARER_TOKEN") == true)
    }

    @Test("says that a backend does not take help texts, which is no problem")
    func metadata() async throws {
        let bench = try DoctorBench { _ throws(Failure) in
            throw Failure(.unavailable, "no connection")
        }
        let check = try await bench.diagnosis(backends: [
            DoctorChecks.Backend(name: "a") { _ throws(Failure) in
                Delivery(accepted: 1, reasons: ["does not take the help texts of metrics (400)"])
            }
        ]).check(.backend)
        #expect(check.outcome == .ok)
        #expect(check.seen.hasSuffix(", but does not take the help texts of metrics (400)"))
    }

    @Test("tells a backend that keeps samples from one that only accepts them")
    func readBack() async throws {
        let bench = try DoctorBench()
        func check(
            queried: Bool = true, accepts: Int = 1,
            _ answer: @escaping @Sendable () throws(Failure) -> Bool
        ) async throws -> Check {
            let diagnosis = await bench.diagnosis(
                backends: [
                    DoctorChecks.Backend(name: "a", isQueried: queried) { _ throws(Failure) in
                        Delivery(accepted: accepts, rejected: 1 - accepts, reasons: ["no"])
                    }
                ],
                readBack: DoctorChecks.ReadBack(name: "QUERY_URL") { _ throws(Failure) in
                    try answer()
                })
            return try diagnosis.check(.query)
        }
        #expect(try await check { true }.outcome == .ok)
        let lost = try await check { false }
        #expect(lost.outcome == .problem && lost.seen.contains("does not have the sample"))
        #expect(lost.fix?.contains("METRICS_SINK and QUERY_URL are the same backend") == true)
        #expect(lost.fix?.contains("agent mode") == true)
        // Nothing was sent that could be missing.
        #expect(try await check(queried: false) { false }.seen == "answers queries")
        #expect(try await check(accepts: 0) { false }.seen == "answers queries")
        let agent = try await check { () throws(Failure) in
            throw Failure(
                .rejected, "QUERY_URL refuses the query: unavailable with Prometheus Agent")
        }
        #expect(agent.outcome == .problem && agent.seen.contains("agent mode"))
        #expect(agent.fix?.contains("without --agent") == true)
        let closed = try await check { () throws(Failure) in
            throw Failure(.unauthorized, "QUERY_URL refuses the credentials")
        }
        #expect(closed.outcome == .problem && closed.fix?.contains("credentials") == true)
    }
}
