public import Domain
import Ports

extension RemoteWriteSettings {
    /// Settings for a Coralogix account.
    ///
    /// Two query parameters name the labels from which the ingress takes the application and the
    /// subsystem. Coralogix's page "Prometheus" documented them, and its own tools send them with
    /// these label names. The current page does not mention them, and it is not confirmed that
    /// Coralogix still applies them to remote write. If it does not, the two are ordinary labels.
    ///
    /// Source of the lengths:
    /// <https://coralogix.com/docs/user-guides/account-management/fair-usage/limits>.
    ///
    /// - Parameters:
    ///   - domain: The account's domain, such as `eu2.coralogix.com`, or its region, such as `EU2`.
    ///   - apiKey: A "Send-Your-Data" key. Team and personal keys cannot send.
    /// - Throws: `misconfigured` if `domain` is neither.
    public static func coralogix(
        domain: String, apiKey: Secret
    ) throws(Failure) -> RemoteWriteSettings {
        var settings = try RemoteWriteSettings(
            url: "https://ingress.\(try fullDomain(domain))/prometheus/v1"
                + "?appLabelName=\(TagLabels.application)&subSystemLabelName=\(TagLabels.subsystem)",
            authorization: .bearer(apiKey), backend: .coralogix)
        // Coralogix silently drops samples with longer values.
        settings.limits.labelValueByteCountMax = 512
        // Coralogix recommends `remote_timeout: 120s`.
        settings.limits.timeout = .seconds(120)
        settings.limits.retryTimeMax = .seconds(240)
        return settings
    }

    /// The regions of
    /// <https://coralogix.com/docs/user-guides/account-management/account-settings/coralogix-domain/>.
    private static let regions = ["us1", "us2", "us3", "eu1", "eu2", "ap1", "ap2", "ap3"]

    private static func fullDomain(_ text: String) throws(Failure) -> String {
        let domain = text.lowercased()
        if regions.contains(domain) { return "\(domain).coralogix.com" }
        // Any host name is accepted, because new regions may open.
        let parts = domain.split(separator: ".", omittingEmptySubsequences: false)
        let isHost =
            parts.count > 1 && !domain.hasPrefix("ingress.")
            && parts.allSatisfy { part in
                (1...63).contains(part.utf8.count) && part.first != "-" && part.last != "-"
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"):
                            true
                        default: false
                        }
                    }
            }
        guard isHost else {
            throw Failure(
                .misconfigured,
                "\"\(text)\" in METRICS_SINK is not a Coralogix domain. Set METRICS_SINK to a domain, such "
                    + "as coralogix:eu2.coralogix.com, or to one of the regions "
                    + "\(regions.joined(separator: ", ")).")
        }
        return domain
    }
}
