import Domain
import Fakes
import GitHubSimulator
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A month in which everything goes wrong once", .timeLimit(.minutes(10)))
struct MonthTests {
    /// More than a few for whoever has the time: `SOAK_SEEDS`.
    private static let seeds: ClosedRange<UInt64> =
        1...max(1, ProcessInfo.processInfo.environment["SOAK_SEEDS"].flatMap { UInt64($0) } ?? 2)

    @Test("leaves of each closed day just what GitHub says of it in the end", arguments: seeds)
    func exact(seed: UInt64) async throws {
        let month = try Month(seed: seed)
        try await month.pass()
        let manifests = try await month.manifests()
        let world = month.github.world
        let end = Timestamp(startOf: month.days.upperBound.advanced(by: 30))

        var checkedCount = 0
        for manifest in manifests where manifest.final {
            let organization = try #require(
                world.organizations.first { organization in
                    organization.id == month.organizationID(of: manifest)
                })
            for source in Source.reports {
                let files = world.files(source, of: organization, day: manifest.day, at: end)
                // A source may have been written under the name before a renaming.
                let truth = try files.flatMap { file in
                    try Oracle.rows(of: file, source, organization: "")
                }
                let written = month.written(source, of: manifest.day, organization)
                #expect(
                    written == truth.sorted(),
                    "seed \(seed): \(source.rawValue) of \(organization.login), \(manifest.day)")
                checkedCount += 1
            }
        }
        // Four organizations, less the days that wait for what never comes.
        #expect(checkedCount > 4 * 12 * 3, "seed \(seed): only \(checkedCount) were closed")
        #expect(month.github.violations.isEmpty)
    }
}

extension Month {
    /// GitHub's number of the organization that a manifest is about.
    func organizationID(of manifest: Manifest) -> Int64 {
        // Made-up organizations have their numbers in one order with their installations'.
        manifest.installation.number - 555 + 900_100
    }

    /// What the backend has of a source, without names and addresses, which come and go with the
    /// member list, and without the organization, which may have had another name.
    func written(_ source: Source, of day: Day, _ organization: SimulatedOrganization) -> [Row] {
        let names =
            ["acme", "acme-renamed"].contains(organization.login)
            ? ["acme", "acme-renamed"] : [organization.login]
        let scopes = Set(sink.writings).filter { scope in
            scope.source == source && scope.day == day
                && names.contains(scope.organization.description)
        }
        return scopes.flatMap { sink.rows(of: $0) }.map { row in
            var labels = Dictionary(
                uniqueKeysWithValues: row.labels.map { ($0.key.description, $0.value) })
            labels["organization"] = ""
            labels["user_name"] = nil
            labels["user_email"] = nil
            return Row(row.name, labels, row.value)
        }.sorted()
    }
}
