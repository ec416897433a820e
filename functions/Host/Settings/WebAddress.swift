#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rules for addresses in settings.
enum WebAddress {
    /// Splits an absolute `http` or `https` address; nil if it is none, or carries a user, whose
    /// password would then stand in logs.
    static func parts(_ text: String) -> (scheme: String, host: String, rest: URLComponents)? {
        guard let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
        else { return nil }
        return (scheme, host.lowercased().trimmed { "[]".contains($0) }, parts)
    }

    static func isPlain(_ text: String) -> Bool { parts(text) != nil }

    /// Whether a host is this machine: RFC 6761 section 6.3, RFC 1122 section 3.2.1.3 and RFC 4291
    /// section 2.5.3.
    static func isLoopback(_ host: String) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}

/// An address that paths are appended to: `https`, or plain `http` on loopback, where nobody else
/// can listen.
public struct BaseAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address, without a slash at the end.
    public let description: String
    /// The host, in lower case; an IPv6 address without its brackets.
    public let host: String
    /// Whether the host is this machine.
    public let isLoopback: Bool
    /// Whether it is `https`.
    public let isSecure: Bool

    /// Checks an address; nil if it is not an absolute web address, carries a user, a query or a
    /// fragment, or is plain `http` off loopback.
    public init?(_ text: String) {
        guard let (scheme, host, rest) = WebAddress.parts(text), rest.query == nil,
            rest.fragment == nil
        else { return nil }
        self.host = host
        isLoopback = WebAddress.isLoopback(host)
        isSecure = scheme == "https"
        guard isSecure || isLoopback else { return nil }
        description = text.trimmed { $0 == "/" }
    }

    /// The address of something below this one.
    ///
    /// - Parameter path: One or more path segments, without a slash at either end.
    /// - Returns: The address with the segments appended.
    public func appending(_ path: String) -> Self {
        Self(description: "\(description)/\(path)", of: self)
    }

    private init(description: String, of base: Self) {
        self.description = description
        host = base.host
        isLoopback = base.isLoopback
        isSecure = base.isSecure
    }

    private init(publicHost: String) {
        description = "https://\(publicHost)"
        host = publicHost
        isLoopback = false
        isSecure = true
    }

    static let gitHubAPI = Self(publicHost: "api.github.com")
    static let gitHub = Self(publicHost: "github.com")
}
