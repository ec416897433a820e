import Console
import Domain
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Pages of many organizations: how large they are, and, with `GALLERY` set to a folder, as files
/// to look at in a browser.
@Suite("Pages of many organizations")
struct GalleryTests {
    /// Organizations with days; each fifth has a problem if `isFailing`.
    private func office(
        _ folder: String, _ organizations: Int, days: Int, isFailing: Bool
    ) async throws -> Office {
        let office = Office(folder)
        let names = (1...organizations).map { "organization-\($0)" }
        try await office.connect(names)
        for (place, name) in names.enumerated() {
            for day in Office.newest.advanced(by: 1 - days)...Office.newest {
                let isBad = isFailing && place % 5 == 1 && (day.number + place) % 9 < 3
                try await office.collect(name, Int64(place + 1), day) { sources in
                    if isBad {
                        sources[.users] = SourceResult(
                            place % 2 == 0 ? .failed : .noPermission,
                            reason: place % 2 == 0
                                ? "a file of the report cannot be read"
                                : "the App may not read members: approve its new permissions")
                    } else if day == Office.newest, place % 3 == 0 {
                        sources[.userTeams] = SourceResult(
                            .notReady, reason: "GitHub has no report yet")
                    }
                }
            }
        }
        return office
    }

    private func show(_ name: String, _ page: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["GALLERY"] else { return }
        try Data(page.utf8).write(to: URL(filePath: "\(folder)/\(name).html"))
    }

    @Test(
        "stay below 150 KiB with 40 organizations and 90 days", arguments: [false, true])
    func size(isFailing: Bool) async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder, 40, days: 90, isFailing: isFailing)
            // Each organization has the samples of the first.
            let days = Office.newest.advanced(by: -89)...Office.newest
            try await office.writeMonth("organization-1", days)
            for number in 2...40 {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/organization-\(number)",
                    withDestinationPath: "\(folder)/organization-1")
            }
            let site = office.site()
            for (name, path, days) in [
                ("overview-30", "/", "30"), ("overview-90", "/", "90"),
                ("overview-365", "/", "365"),
                ("organization-30", "/organizations/organization-1", "30"),
                ("organization-90", "/organizations/organization-1", "90"),
                ("organization-bad", "/organizations/organization-2", "30"),
                ("models", "/organizations/organization-1/charts/models", "90"),
                ("day", "/organizations/organization-2/days/2026-04-18", "30"),
                ("events", "/events", "30"),
                ("metric", "/metrics/github_copilot_billing_net_amount", "90"),
            ] {
                let page = try await site.page(path, ["days": days])
                try show("\(isFailing ? "failing" : "healthy")-\(name)", page)
                #expect(page.utf8.count <= 150 << 10, "\(name): \(page.utf8.count) bytes")
            }
            try show("empty", try await Office(folder + "/none").site().page("/"))
        }
    }

    @Test("show 1,000 organizations on pages of 50, those with problems first")
    func pages() async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder, 1_000, days: 2, isFailing: true)
            let site = office.site()
            let first = try await site.page("/")
            #expect(first.contains("Page 1 of 20, 1000 organizations"))
            #expect(first.contains(#"href="/?days=30&amp;page=2""#))
            #expect(first.matches(of: /<th scope="row" class="who">/).count == 50)
            let last = try await site.page("/", ["page": "999", "days": "90"])
            #expect(last.contains("Page 20 of 20"))
            #expect(last.contains("organization-1000"))
        }
    }
}
