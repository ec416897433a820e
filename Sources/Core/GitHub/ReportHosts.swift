public import Domain
import Ports
import Toolbox

/// The hosts that report files may be downloaded from.
///
/// GitHub's response contains the URLs of the files. They are the only URLs in this system that
/// another party chooses. Source: OWASP, Server-Side Request Forgery Prevention, "allow list".
public struct ReportHosts: Hashable, Sendable {
    private let exact: Set<String>
    private let suffixes: [String]
    /// Entries with a port.
    ///
    /// The operator names one particular server, which may be on a private network.
    private let pinned: Set<String>
    /// The same for all subdomains of a host.
    private let pinnedSuffixes: [String]

    /// Reads a comma-separated list.
    ///
    /// - Parameter list: Hosts such as `copilot-reports.github.com`, `*.blob.core.windows.net` for
    ///   all subdomains, or `127.0.0.1:8081`, which also allows plain HTTP on loopback.
    /// - Throws: `misconfigured` if the list is empty or an entry is not a host.
    public init(_ list: String) throws(Failure) {
        var exact: Set<String> = []
        var suffixes: [String] = []
        var pinned: Set<String> = []
        var pinnedSuffixes: [String] = []
        for entry in list.split(separator: ",") {
            // Whitespace around a host is allowed. Within a host, it indicates a missing comma.
            let words = entry.split(whereSeparator: \.isWhitespace)
            let host = words.joined(separator: " ").lowercased()
            let bare = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
            guard let origin = Origin("https://\(bare)"), !bare.contains("/"), !bare.contains("?"),
                !bare.contains("#")
            else {
                throw Failure(
                    .misconfigured,
                    "GITHUB_REPORT_HOSTS is not a list of hosts. Separate host names by commas")
            }
            if bare != host, bare == origin.host {
                suffixes.append("." + bare)
            } else if bare != host {
                pinnedSuffixes.append(".\(origin.host):\(origin.port)")
            } else if bare == origin.host {
                exact.insert(bare)
            } else {
                pinned.insert("\(origin.host):\(origin.port)")
            }
        }
        guard !(exact.isEmpty && suffixes.isEmpty && pinned.isEmpty && pinnedSuffixes.isEmpty)
        else {
            throw Failure(
                .misconfigured,
                "GITHUB_REPORT_HOSTS contains no host. Set it to host names separated by commas")
        }
        self.exact = exact
        self.suffixes = suffixes
        self.pinned = pinned
        self.pinnedSuffixes = pinnedSuffixes
    }

    /// GitHub's own hosts, and those of a `ghe.com` tenant if the web pages are on one.
    ///
    /// - Parameter server: The base URL of GitHub's web pages.
    /// - Returns: A list for ``init(_:)``.
    static func defaults(server: String) -> String {
        let common = "copilot-reports.github.com,*.blob.core.windows.net"
        guard let host = Origin(server)?.host, host.hasSuffix(".ghe.com") else { return common }
        return "copilot-reports.\(host),\(common)"
    }

    /// Decides which addresses a download may connect to.
    ///
    /// - Parameter origin: The origin of the file's URL.
    /// - Throws: `untrustedHost`, naming the host and the variable, if the file may not be
    ///   downloaded.
    func addressPolicy(for origin: Origin) throws(Failure) -> HTTPClientRequest.AddressPolicy {
        let place = "\(origin.host):\(origin.port)"
        let isPinned = pinned.contains(place) || pinnedSuffixes.contains(where: place.hasSuffix)
        if isPinned, origin.isSecure || origin.isLoopback { return .anywhere }
        let isListed =
            exact.contains(origin.host) || suffixes.contains { origin.host.hasSuffix($0) }
        guard isListed, origin.isSecure, origin.port == 443 else {
            throw Failure(
                .untrustedHost,
                """
                GitHub named a report file on \(origin.scheme)://\(origin.host):\(origin.port), \
                which GITHUB_REPORT_HOSTS does not allow. Add the host if it belongs to GitHub
                """)
        }
        return .publicAddresses
    }
}
