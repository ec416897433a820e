import Ports
import Toolbox

/// The proxy of a request, and the addresses to which its sockets may connect.
struct ProxyPolicy: Hashable, Sendable {
    /// The choice of the proxy.
    enum Proxy: Hashable, Sendable {
        /// libcurl chooses it by `https_proxy`, `no_proxy` and similar environment variables.
        case environment
        case none
        case named(String)
    }

    /// The addresses to which a socket may connect.
    enum Rule: Hashable, Sendable {
        case any
        case publicOnly
        case publicOrLoopback

        func allows(_ address: IPAddress) -> Bool {
            switch self {
            case .any: true
            case .publicOnly: address.isPublic
            case .publicOrLoopback: address.isPublic || address.isLoopback
            }
        }
    }

    let proxy: Proxy
    let rule: Rule

    init(_ proxy: Proxy, _ rule: Rule) {
        self.proxy = proxy
        self.rule = rule
    }

    /// Chooses the policy of a request.
    init(
        to target: Target, _ addressPolicy: HTTPClientRequest.AddressPolicy,
        _ settings: CurlTransport.Settings
    ) {
        switch addressPolicy {
        case .anywhere:
            // To a proxy, loopback is another machine.
            proxy = target.isLoopback ? .none : .environment
            rule = .any
        case .publicAddresses:
            // Without a proxy, the host's own address is checked. With one, the only socket is that to
            // the proxy, which the operator chose. The proxy decides where it connects.
            if settings.loopbackAllowed.contains(target.hostAndPort) {
                (proxy, rule) = (.none, .publicOrLoopback)
            } else if let name = settings.proxy {
                (proxy, rule) = (.named(name), .any)
            } else {
                (proxy, rule) = (.none, .publicOnly)
            }
        }
    }
}
