public import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The part of an address that says whom one talks to: scheme, host and port.
public struct Origin: Hashable, Sendable {
    /// `https` or `http`.
    public let scheme: String
    /// The host in lower case; an IPv6 address is in brackets.
    public let host: String
    /// The port, the scheme's own where the address names none.
    public let port: Int

    /// Reads an absolute http or https address; one that two parsers could read in two ways is nil.
    public init?(_ url: String) {
        // A backslash, a user or an odd character before the host is how one parser is made to see
        // another host than the next: <https://datatracker.ietf.org/doc/html/rfc3986#section-7.6>.
        guard url.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), parts.user == nil, parts.password == nil,
            let host = parts.host?.lowercased(), !host.isEmpty,
            host.utf8.allSatisfy(Self.isHostByte)
        else { return nil }
        self.scheme = scheme
        self.host = host
        port = parts.port ?? (scheme == "https" ? 443 : 80)
        guard 1...65_535 ~= port else { return nil }
    }

    /// Whether the scheme is `https`.
    public var isSecure: Bool { scheme == "https" }

    /// Whether only this machine can be reached by it.
    public var isLoopback: Bool { IPAddress.isLoopback(host: host) }

    /// Checks an address that other addresses begin with.
    ///
    /// - Parameters:
    ///   - text: An operator's setting.
    ///   - variable: Its name, for the error.
    /// - Returns: The address without a slash at the end.
    /// - Throws: `misconfigured`. Plain http carries tokens in clear, so it is for loopback alone.
    public static func base(_ text: String, _ variable: String) throws(Failure) -> String {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let origin = Origin(trimmed), origin.isSecure || origin.isLoopback,
            !trimmed.contains("?"), !trimmed.contains("#")
        else {
            throw Failure(
                .misconfigured,
                "\(variable) must be an https address without a query (http only on loopback)")
        }
        return trimmed
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
