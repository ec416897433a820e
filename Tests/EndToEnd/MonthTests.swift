import Domain
import Fakes
import GitHubSimulator
import InProcess
import TestSupport
import Testing
import Worker

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

    @Test("ends with exactly GitHub's last numbers for each final day", arguments: seeds)
    func exact(seed: UInt64) async throws {
        let month = try Month(seed: seed)
        try await month.pass()
        let manifests = try await month.manifests()
        let world = month.github.world
        let end = Timestamp(startOf: month.days.upperBound.advanced(by: 30))

        var (checkedCount, namedCount, billCount) = (0, 0, 0)
        for manifest in manifests where manifest.final {
            let organization = try #require(
                world.organizations.first { organization in
                    organization.id == month.organizationID(of: manifest)
                })
            for source in Source.reports {
                let files = world.files(source, of: organization, day: manifest.day, at: end)
                // A source may have been written under the name before a renaming.
                let hasNames = manifest.sources[.members]?.outcome.isDone == true
                let truth = try files.flatMap { file in
                    try Oracle.rows(
                        of: file, source, organization: manifest.organization.description,
                        decorate: source == .users && hasNames
                            ? organization.decoration : { _ in [:] })
                }
                namedCount += hasNames ? 1 : 0
                let written = month.written(source, of: manifest.day, organization)
                // Both are long: it is enough to be told where they differ.
                let isSame = written == truth.sorted()
                #expect(
                    isSame,
                    "seed \(seed): \(source.rawValue) of \(organization.login), \(manifest.day)")
                checkedCount += 1
            }
            // A bill is read on the day after its day, or not at all.
            guard manifest.sources[.billing]?.outcome.isDone == true else { continue }
            let bill = try #require(
                world.bill(
                    of: organization, monthOf: manifest.day, on: manifest.day.advanced(by: 1)))
            let truth = bill.flatMap { $0.rows(of: manifest.organization) }.sorted()
            let rows = month.written(.billing, of: manifest.day, organization)
            let isSame = rows.elementsEqual(truth) { row, expected in
                row.series == expected.series
                    && abs(row.value - expected.value) < 1e-6 * max(1, expected.value)
            }
            #expect(isSame, "seed \(seed): the bill of \(organization.login), \(manifest.day)")
            billCount += 1
        }
        try checkDays(manifests, month, seed)
        #expect(namedCount > checkedCount / 2 && billCount > 4 * 8, "\(namedCount), \(billCount)")
        // What is restated says by how much, and never that nothing changed.
        let restated = month.journal.compactMap(\.manifest).flatMap(\.sources.values)
            .filter { $0.outcome == .restated }
        #expect(!restated.isEmpty)
        for result in restated {
            #expect(result.changes.map { $0.count > 0 } == true, "seed \(seed): \(result)")
        }
        // Four organizations, less the days that wait for what never comes.
        #expect(checkedCount > 4 * 12 * 3, "seed \(seed): only \(checkedCount) were closed")
        #expect(month.github.violations.isEmpty)
    }

    /// Checks that no day is lost: from an organization's first day on each has a manifest, to the
    /// end of the month unless it took the App away.
    private func checkDays(_ manifests: [Manifest], _ month: Month, _ seed: UInt64) throws {
        for (place, organization) in month.github.world.organizations.enumerated() {
            let days = manifests.filter { month.organizationID(of: $0) == organization.id }
                .map(\.day).sorted()
            let (first, last) = (try #require(days.first), try #require(days.last))
            #expect(days == Array(first...last), "seed \(seed): days of \(organization.login)")
            if place != MonthPlan.leaving {
                #expect(last == month.days.upperBound, "seed \(seed): \(organization.login)")
            }
            if place != MonthPlan.joining { #expect(first <= month.days.lowerBound) }
        }
    }
}

extension Month {
    /// GitHub's number of the organization that a manifest is about.
    func organizationID(of manifest: Manifest) -> Int64 {
        // Made-up organizations have their numbers in one order with their installations'.
        manifest.installation.number - 555 + 900_100
    }

    /// What the backend has of a source, under whatever name; nothing at all if a sample of it is not
    /// of the day's end.
    func written(_ source: Source, of day: Day, _ organization: SimulatedOrganization) -> [Row] {
        let names =
            ["acme", "acme-renamed"].contains(organization.login)
            ? ["acme", "acme-renamed"] : [organization.login]
        let scopes = Set(sink.writings).filter { scope in
            scope.source == source && scope.day == day
                && names.contains(scope.organization.description)
        }
        let rows = scopes.flatMap { sink.rows(of: $0) }
        guard rows.allSatisfy({ $0.timestamp == Timestamp(endOf: day) }) else { return [] }
        return rows.map { row in
            let labels = row.labels.map { ($0.key.description, $0.value) }
            return Row(row.name, Dictionary(uniqueKeysWithValues: labels), row.value)
        }.sorted()
    }
}
