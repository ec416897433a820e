/// An organization's login, such as `acme`, in GitHub's spelling.
///
/// The initializer checks it, also when decoding, so it can be part of a URL, a store key or a file
/// name without escaping.
public struct OrganizationLogin: Hashable, Sendable {
    /// The login.
    public let description: String

    /// Returns whether both are the same organization.
    ///
    /// GitHub ignores case in logins.
    public func isSame(as other: Self) -> Bool {
        description.lowercased() == other.description.lowercased()
    }
}

extension OrganizationLogin: LosslessStringConvertible, Codable {
    /// Checks a login: 1 to 100 ASCII letters, digits, `-`, `_` and `.`, the first not `.`.
    public init?(_ text: String) {
        guard isIdentifier(text) else { return nil }
        description = text
    }

    /// Decodes and checks a login.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder, as: "an organization's login such as acme")
    }

    /// Encodes the login as a string.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

/// The key of one person's authorization, such as `1001-copilot`: the person's number and the name
/// of the integration.
public struct IntegrationID: Hashable, Comparable, Sendable {
    /// The identifier.
    public let description: String

    /// Orders by the identifier's bytes.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.description < rhs.description }
}

extension IntegrationID: LosslessStringConvertible, Codable {
    /// Checks an identifier: 1 to 100 ASCII letters, digits, `-`, `_` and `.`, the first not `.`.
    public init?(_ text: String) {
        guard isIdentifier(text) else { return nil }
        description = text
    }

    /// Decodes and checks an identifier.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder, as: "an integration's id such as 1001-copilot")
    }

    /// Encodes the identifier as a string.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

/// GitHub's number of an installation of the App on one organization.
public struct InstallationID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// The number.
    public let number: Int64

    /// Wraps a number from GitHub.
    public init(_ number: Int64) { self.number = number }

    /// Orders by number.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }

    /// The number in decimal.
    public var description: String { String(number) }

    /// Decodes a positive JSON integer.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // For a number with a fraction, the decoder's error would not name the field.
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
