import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnCollectOrg
import Ports
import Testing
import Toolbox

/// The samples that a collection of a day writes about itself.
@Suite("onCollectOrg about itself")
struct CollectorReportTests {
    let tests: CollectOrgTests

    init() throws { tests = try CollectOrgTests() }

    /// The values of a metric by its labels besides the organization.
    func values(_ metric: CollectorMetric, in report: CollectorReport) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: report.samples.filter { $0.metric == metric }.map { sample in
                #expect(sample.labels.first == CollectorReport.Label("organization", "acme"))
                let rest = sample.labels.dropFirst().map(\.value)
                return (rest.joined(separator: " "), sample.value)
            })
    }

    @Test("tells outcome, samples, requests and days of each source")
    func written() async throws {
        _ = try await tests.function().run(tests.event)
        let report = try #require(tests.sink.reports.first)
        #expect(tests.sink.reports.count == 1)
        // 2026-11-21 is day 20,778.
        #expect(report.time.description == "2026-11-22T06:00:00.778Z")
        #expect(report.tags == SampleTags(application: "copilot"))
        #expect(
            values(.outcome, in: report).filter { $0.value == 1 }.keys.sorted()
                == Source.allCases.map { "written \($0.rawValue)" }.sorted())
        #expect(values(.outcome, in: report).count == 5 * 10)
        #expect(
            values(.samples, in: report) == [
                "organization-1-day": 2, "users-1-day": 2, "user-teams-1-day": 1, "billing": 7,
                "members": 0,
            ])
        #expect(
            values(.requests, in: report) == [
                "organization-1-day": 1, "users-1-day": 1, "user-teams-1-day": 1, "billing": 1,
                "members": 1,
            ])
        // The clock stands still.
        #expect(Set(values(.duration, in: report).values) == [0])
        #expect(values(.restatedSamples, in: report).values.allSatisfy { $0 == 0 })
        #expect(values(.attentionDays, in: report).values.allSatisfy { $0 == 0 })
        #expect(values(.attentionDays, in: report).count == 5 * 4)
        #expect(values(.openDays, in: report) == ["": 1])
        #expect(values(.newestFinalDay, in: report).isEmpty)
        let end = Double(Timestamp(endOf: tests.event.day).milliseconds / 1_000)
        #expect(
            values(.reportDay, in: report) == [
                "organization-1-day": end, "users-1-day": end, "user-teams-1-day": end,
                "billing": end,
            ])
    }

    @Test("tells what GitHub revised, and when the day is final")
    func restated() async throws {
        _ = try await tests.function().run(tests.event)
        tests.github.change { $0.files[.users] = [CollectOrgTests.ada] }
        tests.clock.set(try #require(Timestamp("2026-11-24T06:00:00Z")))
        let manifest = try await tests.function().run(tests.event)
        #expect(manifest.final)
        let report = try #require(tests.sink.reports.last)
        #expect(values(.outcome, in: report)["restated users-1-day"] == 1)
        #expect(values(.outcome, in: report)["unchanged organization-1-day"] == 1)
        #expect(
            values(.restatedSamples, in: report)["users-1-day"]
                == Double(try #require(manifest.sources[.users]?.changes?.count)))
        #expect(values(.openDays, in: report) == ["": 0])
        #expect(
            values(.newestFinalDay, in: report)
                == ["": Double(Timestamp(endOf: tests.event.day).milliseconds / 1_000)])
    }

    @Test("counts the days that need a person until they come out well")
    func attention() async throws {
        tests.github.change { $0.billing = (403, #"{"message":"Resource not accessible"}"#) }
        _ = try await tests.function().run(tests.event)
        let first = try #require(tests.sink.reports.last)
        #expect(values(.outcome, in: first)["no-permission billing"] == 1)
        #expect(values(.attentionDays, in: first)["no-permission billing"] == 1)
        tests.github.change { $0.billing = (200, CollectOrgTests.bill) }
        _ = try await tests.function().run(tests.event)
        let second = try #require(tests.sink.reports.last)
        #expect(values(.attentionDays, in: second)["no-permission billing"] == 0)
    }

    @Test("reports a failure of the whole organization, which it then throws")
    func tokenFails() async throws {
        tests.github.change { $0.token = (502, "") }
        await #expect(throws: Failure.self) { try await tests.function().run(tests.event) }
        let report = try #require(tests.sink.reports.last)
        #expect(
            values(.outcome, in: report).filter { $0.value == 1 }.keys.sorted()
                == Source.allCases.map { "failed \($0.rawValue)" }.sorted())
    }

    @Test("keeps the day when they cannot be written, and tells it until they can")
    func sinkFails() async throws {
        tests.sink.failReports(Failure(.unavailable, "backend.example returned 503"))
        let handled = try await tests.function().handle(tests.event)
        let manifest = try await handled.kept()
        #expect(!manifest.isFault && manifest.samples == 12)
        let notice = try #require(handled.problems.changes.began.first)
        #expect(handled.problems.changes.began.count == 1)
        #expect(notice.kind == .collectorMetrics && !notice.isFault)
        #expect(notice.text.contains("backend.example returned 503"))
        #expect(notice.remedy?.contains("COLLECTOR_METRICS=off") == true)

        tests.sink.failReports(nil)
        let next = try await tests.function().handle(tests.event)
        #expect(next.problems.changes.ended.map(\.id) == [notice.id])
        _ = try await next.kept()
    }

    @Test("is silent if it is switched off")
    func off() async throws {
        let function = CollectOrg(
            settings: CollectOrg.Settings(
                identity: .full, tags: SampleTags(application: "copilot"),
                isReportingItself: false),
            github: try tests.github.client(clock: tests.clock), store: tests.store,
            sink: tests.sink, vault: OpenVault(), entropy: SeededEntropy(seed: 2),
            hashing: NoHashing(), clock: tests.clock)
        _ = try await function.run(tests.event)
        #expect(tests.sink.reports.isEmpty)
    }
}
