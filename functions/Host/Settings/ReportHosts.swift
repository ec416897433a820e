/// The hosts that report downloads may come from.
enum ReportHosts {
    /// What a list of hosts must be, for a complaint.
    static let form =
        "hosts separated by commas, such as copilot-reports.github.com or *.blob.core.windows.net;"
        + " :port after a host on loopback allows plain http there"

    /// The hosts that GitHub serves reports from: those of github.com, and of a subdomain of
    /// ghe.com where the bases are on one.
    ///
    /// Source: <https://docs.github.com/en/rest/copilot/copilot-usage-metrics> and
    /// <https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency>.
    static func standard(api: BaseAddress, server: BaseAddress) -> [String] {
        let tenants = [server.host, api.host].compactMap { host -> String? in
            guard host.hasSuffix(".ghe.com") else { return nil }
            return host.split(separator: ".").dropLast(2).last.map(String.init)
        }
        return ["copilot-reports.github.com", "*.blob.core.windows.net"]
            + Set(tenants).sorted().map { "copilot-reports.\($0).ghe.com" }
    }

    static func parse(_ text: String) -> [String]? {
        let hosts = text.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() }
        return !hosts.isEmpty && hosts.allSatisfy(isHost) ? hosts : nil
    }

    private static func isHost(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let labels = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let isWildcard = labels.first == "*"
        let names = isWildcard ? labels.dropFirst() : labels[...]
        // A wildcard over a whole top-level domain would be no list at all.
        guard !names.isEmpty, !isWildcard || names.count >= 2, names.allSatisfy(isLabel) else {
            return false
        }
        switch parts.count {
        case 1: return true
        case 2:
            return WebAddress.isLoopback(String(parts[0])) && (UInt16(parts[1]) ?? 0) > 0
        default: return false
        }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        1...63 ~= label.utf8.count && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
