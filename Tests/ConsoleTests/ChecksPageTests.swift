import Console
import Domain
import Runner
import TestSupport
import Testing

@Suite("The page of checks")
struct ChecksPageTests {
    @Test("says what the doctor found, problems first, with what to do")
    func findings() async throws {
        try await withTemporaryFolder { folder in
            var office = Office(folder)
            let latest = LatestDiagnosis(clock: office.clock) { _ in
                Diagnosis.unreadable(Failure(.misconfigured, "GITHUB_APP_ID is <not> set"))
            }
            office.checks = latest
            let site = office.site()
            #expect(try await site.page("/checks").contains("The checks are under way."))
            await latest.settled()
            let page = try await site.page("/checks", ["refresh": "seconds"])
            #expect(page.contains("<h1>1 problem.</h1>"))
            #expect(page.contains("To do:</b> GITHUB_APP_ID is &lt;not&gt; set."))
            #expect(page.contains("Checked on 2026-04-19, 07:00 UTC."))
            #expect(!page.contains("http-equiv"))
            let json = try await site.page("/api/checks")
            #expect(json.contains(#""running":false"#) && json.contains(#""outcome":"problem""#))
        }
    }

    @Test("names the command where nothing may be changed")
    func reading() async throws {
        try await withTemporaryFolder { folder in
            let site = Office(folder).site()
            let page = try await site.page("/checks")
            #expect(page.contains("<code>copilot-local doctor</code>"))
            let json = try await site.page("/api/checks", status: 404)
            #expect(json.contains("copilot-local run"))
        }
    }
}
