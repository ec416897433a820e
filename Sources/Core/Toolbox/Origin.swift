public import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The origin of a URL: scheme, host and port.
public struct Origin: Hashable, Sendable {
    /// `https` or `http`.
    public let scheme: String
    /// The host in lower case.
    ///
    /// An IPv6 address is in brackets.
    public let host: String
    /// The port, 1 to 65535; by default that of the scheme.
    public let port: Int

    /// Parses an absolute `http` or `https` URL; nil if two parsers could read it differently.
    public init?(_ url: String) {
        // Backslashes, user names and unusual characters can make two parsers see different hosts:
        // <https://datatracker.ietf.org/doc/html/rfc3986#section-7.6>.
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

    /// Whether the host is always this machine.
    public var isLoopback: Bool { IPAddress.isLoopback(host: host) }

    /// Checks a base URL that an operator configured.
    ///
    /// - Parameter variable: The name of the variable, for the error.
    /// - Returns: The URL without a slash at the end.
    /// - Throws: `misconfigured` if it is not an `https` URL without a query. `http` is accepted only
    ///   on loopback, because it transfers tokens unencrypted.
    public static func base(_ text: String, _ variable: String) throws(Failure) -> String {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let origin = Origin(trimmed), origin.isSecure || origin.isLoopback,
            !trimmed.contains("?"), !trimmed.contains("#")
        else {
            throw Failure(
                .misconfigured,
                "\(variable) must be an https address without a query. http is accepted only on loopback."
            )
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
