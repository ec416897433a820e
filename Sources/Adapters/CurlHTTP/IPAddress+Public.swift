import Glibc
import Toolbox

extension IPAddress {
    /// Reads the address of a socket; nil if its family is neither IPv4 nor IPv6.
    ///
    /// - Parameters:
    ///   - socketAddress: A `sockaddr` of any family.
    ///   - byteCount: The size of the `sockaddr` in bytes.
    init?(_ socketAddress: UnsafeRawPointer, byteCount: Int) {
        guard byteCount >= MemoryLayout<sockaddr>.size else { return nil }
        let family = unsafe socketAddress.loadUnaligned(as: sa_family_t.self)
        switch Int32(family) {
        case AF_INET where byteCount >= MemoryLayout<sockaddr_in>.size:
            let address = unsafe socketAddress.loadUnaligned(as: sockaddr_in.self)
            self = .v4(UInt32(bigEndian: address.sin_addr.s_addr))
        case AF_INET6 where byteCount >= MemoryLayout<sockaddr_in6>.size:
            let address = unsafe socketAddress.loadUnaligned(as: sockaddr_in6.self)
            let bytes = unsafe unsafeBitCast(address.sin6_addr, to: UInt128.self)
            self = .v6(UInt128(bigEndian: bytes))
        default: return nil
        }
    }

    /// Whether the address is public: not private, local, shared, reserved or multicast.
    var isPublic: Bool {
        switch self {
        case .v4:
            return !Self.special.contains { $0.contains(self) }
        case .v6(let bits):
            // NAT64 maps all IPv4 addresses to this prefix (RFC 6052), also those that are not public.
            if Self.translated.contains(self) {
                return IPAddress.v4(UInt32(truncatingIfNeeded: bits)).isPublic
            }
            return Self.unicast.contains(self) && !Self.special.contains { $0.contains(self) }
        }
    }

    private static let unicast = IPRange("2000::/3")
    private static let translated = IPRange("64:ff9b::/96")

    // swift-format-ignore
    /// The ranges that are not public, from IANA's registries of special-purpose addresses,
    /// <https://www.iana.org/assignments/iana-ipv4-special-registry> and
    /// <https://www.iana.org/assignments/iana-ipv6-special-registry>. IPv6 outside `2000::/3`,
    /// including `::1`, `fc00::/7`, `fe80::/10`, `ff00::/8` and `::ffff:0:0/96`, is never public.
    private static let special: [IPRange] = [
        IPRange("0.0.0.0/8"),        // this network
        IPRange("10.0.0.0/8"),       // private
        IPRange("100.64.0.0/10"),    // shared behind a carrier's NAT
        IPRange("127.0.0.0/8"),      // loopback
        IPRange("169.254.0.0/16"),   // link-local, where clouds serve credentials
        IPRange("172.16.0.0/12"),    // private
        IPRange("192.0.0.0/24"),     // protocol assignments
        IPRange("192.0.2.0/24"),     // documentation
        IPRange("192.88.99.0/24"),   // 6to4 relays, retired
        IPRange("192.168.0.0/16"),   // private
        IPRange("198.18.0.0/15"),    // benchmarks
        IPRange("198.51.100.0/24"),  // documentation
        IPRange("203.0.113.0/24"),   // documentation
        IPRange("224.0.0.0/4"),      // multicast
        IPRange("240.0.0.0/4"),      // reserved, and broadcast
        IPRange("2001::/23"),        // protocol assignments, and Teredo, which contains an IPv4 address
        IPRange("2001:db8::/32"),    // documentation
        IPRange("2002::/16"),        // 6to4, which contains an IPv4 address
        IPRange("3fff::/20"),        // documentation
    ]
}

/// A range of addresses with a common prefix.
private struct IPRange: Sendable {
    private let base: IPAddress
    private let length: Int

    /// Parses CIDR notation, which must be valid.
    init(_ text: StaticString) {
        let parts = "\(text)".split(separator: "/").map(String.init)
        guard parts.count == 2, let base = IPAddress(parts[0]), let length = Int(parts[1]) else {
            preconditionFailure("\(text) is not a range of addresses")
        }
        self.base = base
        self.length = length
    }

    func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4(let base), .v4(let bits)): (base ^ bits) >> (32 - length) == 0
        case (.v6(let base), .v6(let bits)): (base ^ bits) >> (128 - length) == 0
        default: false
        }
    }
}
