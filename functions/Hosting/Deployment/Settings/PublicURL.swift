#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The address at which browsers reach this deployment: `https`, or plain `http` on loopback, where
/// no one else can listen.
public struct PublicURL: Hashable, Sendable, CustomStringConvertible {
    /// The address, without a slash at the end.
    public let description: String
    /// Whether it is `https`.
    public let isSecure: Bool
    /// Whether only this machine can reach it.
    public let isLoopback: Bool

    /// Checks an address; nil if it is not an absolute web address, carries a user, a query or a
    /// fragment, or is plain `http` off loopback.
    public init?(_ text: String) {
        guard let parts = URLComponents(string: text, encodingInvalidCharacters: false),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.query == nil, parts.fragment == nil
        else { return nil }
        description = text.trimmed { $0 == "/" }
        isSecure = scheme == "https"
        // RFC 6761 section 6.3, RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3.
        isLoopback = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
        guard isSecure || isLoopback else { return nil }
    }
}
