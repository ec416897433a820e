import CollectedDays
import Domain
import Ports
import Toolbox

/// The form of an entry that a reader for people can check without a key.
struct StoredForm {
    private let kind: StoreKey.Kind

    /// The form of a key's entry; nil if this version has no such kind.
    init?(of key: StoreKey) {
        guard let kind = key.kind else { return nil }
        self.kind = kind
    }

    /// Decodes a value.
    ///
    /// - Throws: `unreadableState` or `newerFormat`, naming the key.
    func check(_ value: [UInt8], at key: StoreKey) throws(Failure) {
        switch kind {
        case .integration: _ = try Stored.decode(Integration.self, from: value, at: key)
        case .days: _ = try Stored.decode(KnownDays.self, from: value, at: key)
        case .manifest: _ = try Stored.decode(Manifest.self, from: value, at: key)
        case .problems: _ = try Stored.decode(ProblemList.self, from: value, at: key)
        case .tick: _ = try Stored.decode(LastTick.self, from: value, at: key)
        case .usedAuthorization, .credentials, .gitHubApp, .lease, .imprint, .pseudonymKey, .runner,
            .doctor:
            try Stored.check(value, at: key)
        }
    }
}
