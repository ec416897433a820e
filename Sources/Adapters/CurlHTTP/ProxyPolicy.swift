import Ports
import Toolbox

/// The way to a host: through which proxy, and to which addresses a socket may open.
struct ProxyPolicy: Hashable, Sendable {
    /// Who chooses the proxy.
    enum Proxy: Hashable, Sendable {
        /// libcurl, by `https_proxy`, `no_proxy` and the like in the environment.
        case environment
        case none
        case named(String)
    }

    /// Which addresses a socket may open to.
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

    /// Plans the way of a request.
    init(
        to target: Target, _ reach: HTTPClientRequest.AddressPolicy,
        _ settings: CurlTransport.Settings
    ) {
        switch reach {
        case .anywhere:
            // A proxy's loopback is not ours.
            proxy = target.isLoopback ? .none : .environment
            rule = .any
        case .publicAddresses:
            // Without a proxy, what is judged is the host's own address. With one, the only socket
            // is the proxy's: the operator chose it, and to where it connects is its to judge.
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
