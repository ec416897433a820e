import Toolbox
public import Domain
import Ports

/// The hosts that report files may be fetched from.
///
/// GitHub's answer names the address of a file; it is the one address in this system that somebody
/// else chooses. Source: OWASP, Server-Side Request Forgery Prevention, "allow list".
public struct ReportHosts: Hashable, Sendable {
    private let exact: Set<String>
    private let suffixes: [String]
    /// With a port: the operator names one very server, which may be on a private network.
    private let pinned: Set<String>

    /// Reads a comma-separated list.
    ///
    /// - Parameter list: Hosts such as `copilot-reports.github.com`, `*.blob.core.windows.net` for
    ///   all below it, or `127.0.0.1:8081`, which also allows plain http where it is loopback.
    /// - Throws: `misconfigured` if the list is empty or an entry is not a host.
    public init(_ list: String) throws(Failure) {
        var exact: Set<String> = []
        var suffixes: [String] = []
        var pinned: Set<String> = []
        for entry in list.split(separator: ",") {
            // Blanks around a host are nothing, one within it is a missing comma.
            let words = entry.split(whereSeparator: \.isWhitespace)
            let host = words.joined(separator: " ").lowercased()
            let bare = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
            guard let origin = Origin("https://\(bare)"), !bare.contains("/"), !bare.contains("?"),
                !bare.contains("#")
            else {
                throw Failure(
                    .misconfigured, "GITHUB_REPORT_HOSTS must be hosts separated by commas")
            }
            if bare != host {
                suffixes.append("." + bare)
            } else if bare == origin.host {
                exact.insert(bare)
            } else {
                pinned.insert("\(origin.host):\(origin.port)")
            }
        }
        guard !(exact.isEmpty && suffixes.isEmpty && pinned.isEmpty) else {
            throw Failure(.misconfigured, "GITHUB_REPORT_HOSTS names no host")
        }
        self.exact = exact
        self.suffixes = suffixes
        self.pinned = pinned
    }

    /// GitHub's own hosts, and a tenant's if the web pages are on one.
    ///
    /// - Parameter server: The base of the web pages.
    /// - Returns: A list for ``init(_:)``.
    static func defaults(server: String) -> String {
        let common = "copilot-reports.github.com,*.blob.core.windows.net"
        guard let host = Origin(server)?.host, host.hasSuffix(".ghe.com") else { return common }
        return "copilot-reports.\(host),\(common)"
    }

    /// Decides whether, and how far, a file may be fetched.
    ///
    /// - Parameter origin: Whom the file's address names.
    /// - Returns: Where the socket may go.
    /// - Throws: `untrustedHost`, naming the host and the variable.
    func addressPolicy(for origin: Origin) throws(Failure) -> HTTPClientRequest.AddressPolicy {
        if pinned.contains("\(origin.host):\(origin.port)"), origin.isSecure || origin.isLoopback {
            return .anywhere
        }
        let isListed =
            exact.contains(origin.host) || suffixes.contains { origin.host.hasSuffix($0) }
        guard isListed, origin.isSecure, origin.port == 443 else {
            throw Failure(
                .untrustedHost,
                """
                GitHub named a report file on \(origin.scheme)://\(origin.host):\(origin.port), \
                which GITHUB_REPORT_HOSTS does not allow; add the host if it is GitHub's
                """)
        }
        return .publicAddresses
    }
}
