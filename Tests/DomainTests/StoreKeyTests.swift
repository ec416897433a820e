import Domain
import Testing

@Suite("The scope of store keys")
struct StoreKeyTests {
    private static let id = IntegrationID("1001-demo")

    /// A scope as text: an ID, `common`, or `several` for a prefix.
    private func text(_ scope: StoreKey.Scope?) -> String {
        switch scope {
        case .integration(let id)?: id.description
        case .common?: "common"
        case nil: "several"
        }
    }

    @Test("is an integration or common to all, for every kind of entry")
    func kinds() throws {
        let id = try #require(Self.id)
        let (installation, day) = (InstallationID(555), try #require(Day("2026-11-21")))
        let owned: [StoreKey] = [
            .credentials(id), .refreshLease(id), .manifest(id, installation, day),
            .knownDays(id, installation), .imprint(id, installation, day, .billing),
            .problems(id), .problems(id, installation),
        ]
        let common: [StoreKey] = [
            .gitHubApp, .usedAuthorization(stateHash: "x"), .integration(id), .runnerProblems,
            .tickRun, .pseudonymKey, .doctor(1), try #require(StoreKey("runner/address")),
        ]
        #expect(owned.map(\.scope) == owned.map { _ in .integration(id) })
        #expect(common.map(\.scope) == common.map { _ in .common })
        let kinds = Set((owned + common).map(\.kind))
        #expect(kinds == Set(StoreKey.Kind.allCases), "a kind of entry is not listed here")
    }

    @Test(
        "is read from keys of any form",
        arguments: [
            ("days/1001-demo", "1001-demo"), ("days/1001-demo/", "1001-demo"),
            ("manifest/a/b/c/d", "a"), ("credentials/.hidden", "common"),
            ("manifest//1", "common"), ("days/a b", ""), ("days", "common"),
            ("problems/other/1001-demo", "common"), ("xdays/1001-demo/1", "common"),
        ])
    func keys(key: String, scope: String) {
        #expect(StoreKey(key).map { text($0.scope) } ?? "" == scope)
    }

    @Test(
        "is known for a prefix if it is the same for all keys",
        arguments: [
            ("days/1001-demo/", "1001-demo"), ("manifest/1001-demo/5", "1001-demo"),
            ("problems/organization/1001-demo/", "1001-demo"), ("credentials/1001-demo", "several"),
            ("manifest/", "several"), ("manifest", "several"), ("problems/", "several"),
            ("problems/organ", "several"), ("lease", "several"), ("", "several"),
            ("integration/", "common"), ("integration/1001-demo/", "common"), ("tick", "common"),
            ("problems/runner", "common"), ("manifest//", "common"), ("ä", "common"),
        ])
    func prefixes(prefix: String, scope: String) {
        #expect(text(StoreKey.scope(ofPrefix: prefix)) == scope)
    }
}
