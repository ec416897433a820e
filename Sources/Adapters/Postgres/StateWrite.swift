import Domain
import Ports

/// One write of one entry, with its new version already chosen.
struct StateWrite: Sendable {
    let version: StoreVersion
    private let value: [UInt8]
    private let key: StoreKey
    private let condition: StoreCondition
    private let expiry: Timestamp?
    private let now: Timestamp

    init(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?,
        at now: Timestamp, version: StoreVersion = .random
    ) {
        self.version = version
        self.value = value
        self.key = key
        self.condition = condition
        self.expiry = expiry
        self.now = now
    }

    static func conflict(_ key: StoreKey) -> DatabaseError {
        DatabaseError(.conflict, "\(key) is not as it was read")
    }

    /// Writes if the condition holds; doing it again after it happened changes nothing.
    func run(on connection: Connection) throws(DatabaseError) {
        guard value.count <= StoreLimits.valueByteCountMax else {
            throw DatabaseError(.limitExceeded, "\(key) cannot hold \(value.count) bytes")
        }
        let entry: (Parameter, Parameter, Parameter, Parameter) = (
            .text(key.description), .bytes(value), .number(Int64(bitPattern: version.rawValue)),
            .moment(expiry)
        )
        let rows: Rows
        switch condition {
        case .always:
            rows = try connection.run(
                Self.insert, entry.0, entry.1, entry.2, entry.3)
        case .absent:
            rows = try connection.run(
                "\(Self.insert) WHERE old.expires_at <= $5 OR old.version = $3",
                entry.0, entry.1, entry.2, entry.3, .moment(now))
        case .version(let expected):
            rows = try connection.run(
                """
                UPDATE copilot_usage.state SET value = $2, version = $3, expires_at = $4
                WHERE key = $1 AND (
                    version = $3
                    OR version = $6 AND (expires_at IS NULL OR expires_at > $5)
                )
                """, entry.0, entry.1, entry.2, entry.3, .moment(now),
                .number(Int64(bitPattern: expected.rawValue)))
        }
        guard rows.changedCount == 1 else { throw Self.conflict(key) }
    }

    private static let insert = """
        INSERT INTO copilot_usage.state AS old (key, value, version, expires_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at
        """
}

extension StoreVersion {
    /// A version that no other write has: so a write that finds its own knows that it happened.
    static var random: StoreVersion { StoreVersion(.random(in: .min ... .max)) }
}
