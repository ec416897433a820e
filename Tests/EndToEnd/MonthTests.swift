import Domain
import Fakes
import GitHubSimulator
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

    @Test("leaves of each closed day just what GitHub says of it in the end", arguments: seeds)
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
                        of: file, source, organization: "",
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
            let truth = try #require(
                world.billed(
                    organization, monthOf: manifest.day, on: manifest.day.advanced(by: 1)))
            let rows = month.written(.billing, of: manifest.day, organization)
            for (name, value) in [
                ("gross_quantity", truth.quantity), ("gross_amount", truth.grossAmount),
                ("discount_quantity", truth.discountQuantity),
            ] {
                let sum = rows.filter { $0.name == "github_copilot_billing_\(name)" }
                    .reduce(0) { $0 + $1.value }
                #expect(
                    abs(sum - value) < 1e-6 * max(1, value),
                    "seed \(seed): \(name) of \(organization.login), \(manifest.day): \(sum)")
            }
            billCount += 1
        }
        #expect(namedCount > checkedCount / 2 && billCount > 4 * 8, "\(namedCount), \(billCount)")
        // What is restated says by how much, and never that nothing changed.
        let restated = month.journal.compactMap { $0.result?["sources"] }.flatMap { sources in
            Source.allCases.compactMap { sources[$0.rawValue] }
        }.filter { $0["outcome"]?.text == Outcome.restated.rawValue }
        #expect(!restated.isEmpty)
        for result in restated {
            let changes = ["changed", "added", "removed"].compactMap { name -> Int64? in
                guard case .integer(let count)? = result["changes"]?[name] else { return nil }
                return count
            }
            #expect(changes.count == 3 && changes.reduce(0, +) > 0, "seed \(seed): \(result)")
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

    /// What the backend has of a source, without the organization, which may have had another name.
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
            return Row(row.name, labels, row.value)
        }.sorted()
    }
}

extension Outcome {
    /// Whether the backend has what GitHub said.
    fileprivate var isDone: Bool { [.written, .unchanged, .restated].contains(self) }
}
