import Glibc

/// The address by which a server listens on every address of the machine.
enum WildcardAddress {
    /// IPv4 only.
    static let ipv4 = "0.0.0.0"
    /// IPv6, and IPv4 as well where the system allows that.
    static let ipv6 = "::"

    /// The address that most clients can reach.
    ///
    /// Probes of an IPv6-only cluster go to the pod's IPv6 address. Where IPv6 is off, or a socket
    /// takes one kind of address only (`net.ipv6.bindv6only`), it is that of IPv4.
    static func best() -> String {
        let listener = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { return ipv4 }
        defer { close(listener) }
        var isExclusive: Int32 = 0
        var byteCount = socklen_t(MemoryLayout<Int32>.size)
        guard
            unsafe getsockopt(
                listener, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &isExclusive, &byteCount) == 0,
            isExclusive == 0
        else { return ipv4 }
        // Port 0: any free one, so nothing is taken from anyone.
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
        return code == 0 ? ipv6 : ipv4
    }
}
