/// An organization's login on GitHub, as GitHub spells it.
///
/// It is checked when it is made, decoding included, so it may stand in an address, a store key or
/// a file name as it is.
public struct OrganizationLogin: Hashable, Sendable {
    /// The login.
    public let description: String

    /// Whether both name the same organization: GitHub's logins do not depend on case.
    public func isSame(as other: Self) -> Bool {
        description.lowercased() == other.description.lowercased()
    }
}

extension OrganizationLogin: LosslessStringConvertible, Codable {
    /// Checks a login: 1 to 100 ASCII letters, digits, `-`, `_` and `.`, not beginning with `.`.
    public init?(_ text: String) {
        guard isIdentifier(text) else { return nil }
        description = text
    }

    /// Decodes and checks a login.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder, as: "an organization's login such as acme")
    }

    /// Encodes the login as it is.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

/// The name under which one person's authorization is kept: who authorized, and for what.
public struct IntegrationID: Hashable, Comparable, Sendable {
    /// The identifier.
    public let description: String

    /// Orders by the identifier's bytes.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.description < rhs.description }
}

extension IntegrationID: LosslessStringConvertible, Codable {
    /// Checks an identifier: 1 to 100 ASCII letters, digits, `-`, `_` and `.`, not beginning with `.`.
    public init?(_ text: String) {
        guard isIdentifier(text) else { return nil }
        description = text
    }

    /// Decodes and checks an identifier.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder, as: "an integration's id such as 1001-copilot")
    }

    /// Encodes the identifier as it is.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

/// GitHub's number of one installation of the App on one account.
public struct InstallationID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The number.
    public let number: Int64

    /// Wraps a number that GitHub gave out.
    public init(_ number: Int64) { self.number = number }

    /// Orders by number.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }

    /// The number in decimal.
    public var description: String { String(number) }

    /// Decodes a JSON number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // The decoder says of a number with a fraction only that there is one, not where.
        let number = try container.decode(Double.self)
        guard let whole = Int64(exactly: number), whole > 0 else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a whole number above zero")
        }
        self.number = try container.decode(Int64.self)
    }

    /// Encodes a JSON number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

private func isIdentifier(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
    return isPlain && 1...100 ~= text.utf8.count && text.utf8.first != UInt8(ascii: ".")
}
