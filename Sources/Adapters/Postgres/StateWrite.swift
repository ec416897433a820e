import Domain
import Ports

/// A write of one entry, including its new version.
struct StateWrite: Sendable {
    let version: StoreVersion
    private let value: [UInt8]
    private let key: StoreKey
    private let condition: StoreCondition
    private let expiry: Timestamp?
    private let now: Present

    init(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?,
        at now: Present, version: StoreVersion = .random
    ) {
        self.version = version
        self.value = value
        self.key = key
        self.condition = condition
        self.expiry = expiry
        self.now = now
    }

    static func conflict(_ key: StoreKey) -> DatabaseError {
        DatabaseError(.conflict, "\(key) changed since it was read")
    }

    /// Writes if the condition holds.
    ///
    /// Repeating a successful write changes nothing.
    func run(on connection: Connection) throws(DatabaseError) {
        guard value.count <= StoreLimits.valueByteCountMax else {
            throw DatabaseError(
                .limitExceeded,
                "the value of \(key) has \(value.count) bytes, more than \(StoreLimits.valueByteCountMax)"
            )
        }
        let entry: (Parameter, Parameter, Parameter, Parameter) = (
            .text(key.description), .bytes(value), .number(Int64(bitPattern: version.rawValue)),
            .moment(expiry)
        )
        let rows: Rows
        switch condition {
        case .always:
            rows = try connection.run(
                insert, entry.0, entry.1, entry.2, entry.3, now.parameter)
        case .absent:
            rows = try connection.run(
                "\(insert) WHERE old.expires_at <= \(now.now("$5")) OR old.version = $3",
                entry.0, entry.1, entry.2, entry.3, now.parameter)
        case .version(let expected):
            rows = try connection.run(
                """
                UPDATE copilot_usage.state SET value = $2, version = $3, expires_at = \(expires)
                WHERE key = $1 AND (
                    version = $3
                    OR version = $6 AND (expires_at IS NULL OR expires_at > \(now.now("$5")))
                )
                """, entry.0, entry.1, entry.2, entry.3, now.parameter,
                .number(Int64(bitPattern: expected.rawValue)))
        }
        guard rows.changedCount == 1 else { throw Self.conflict(key) }
    }

    private var expires: String { now.moment("$4", now: "$5") }

    private var insert: String {
        """
        INSERT INTO copilot_usage.state AS old (key, value, version, expires_at)
        VALUES ($1, $2, $3, \(expires))
        ON CONFLICT (key) DO UPDATE
        SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at
        """
    }
}

extension StoreVersion {
    /// A random version, by which a repeated write recognizes itself.
    static var random: StoreVersion { StoreVersion(.random(in: .min ... .max)) }
}
