#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An IPv4 or IPv6 address.
public enum IPAddress: Hashable, Sendable {
    /// The 32 bits of an IPv4 address, in host order.
    case v4(UInt32)
    /// The 128 bits of an IPv6 address, in host order.
    case v6(UInt128)

    /// Parses the usual text form, such as `192.0.2.1` or `2001:db8::1`.
    public init?(_ text: String) {
        var v4 = in_addr()
        var v6 = in6_addr()
        if unsafe inet_pton(AF_INET, text, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
        } else if unsafe inet_pton(AF_INET6, text, &v6) == 1 {
            // Both are 16 bytes; the address is in network order.
            self = .v6(UInt128(bigEndian: unsafe unsafeBitCast(v6, to: UInt128.self)))
        } else {
            return nil
        }
    }

    /// Whether the address is the machine itself: `127.0.0.0/8` (RFC 1122, section 3.2.1.3) or `::1`
    /// (RFC 4291, section 2.5.3).
    public var isLoopback: Bool {
        switch self {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let bits): bits == 1
        }
    }

    /// Returns whether a host, as a URL names it, is always the machine itself.
    ///
    /// Besides loopback addresses this is `localhost` (RFC 6761, section 6.3).
    ///
    /// - Parameter host: A name or an address, in lower case; an IPv6 address may be in brackets.
    public static func isLoopback(host: String) -> Bool {
        if host == "localhost" { return true }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return IPAddress(isBracketed ? String(host.dropFirst().dropLast()) : host)?.isLoopback
            ?? false
    }
}
