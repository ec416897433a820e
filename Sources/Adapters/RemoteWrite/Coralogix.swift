public import Domain
import Ports

extension RemoteWriteSettings {
    /// Settings for a Coralogix account.
    ///
    /// The two query parameters name the labels in which the ingress finds application and
    /// subsystem. Coralogix's page "Prometheus" documented them, and its own tools send them with
    /// these label names; its present page does not repeat them, and that it sorts remote-write
    /// samples by them today is not confirmed. If it does not, the two are ordinary labels.
    ///
    /// Source of the lengths:
    /// <https://coralogix.com/docs/user-guides/account-management/fair-usage/limits>.
    ///
    /// - Parameters:
    ///   - domain: The account's domain as `eu2.coralogix.com`, or its region as `EU2`.
    ///   - apiKey: A "Send-Your-Data" key; keys of teams and persons cannot send.
    /// - Returns: The settings.
    /// - Throws: `misconfigured` if `domain` is neither.
    public static func coralogix(
        domain: String, apiKey: Secret
    ) throws(Failure) -> RemoteWriteSettings {
        var settings = try RemoteWriteSettings(
            url: "https://ingress.\(try fullDomain(domain))/prometheus/v1"
                + "?appLabelName=\(TagLabels.application)&subSystemLabelName=\(TagLabels.subsystem)",
            authorization: .bearer(apiKey), backend: .coralogix)
        // A longer value makes Coralogix drop the sample without a word.
        settings.limits.labelValueByteCountMax = 512
        // Coralogix recommends `remote_timeout: 120s`.
        settings.limits.timeout = .seconds(120)
        settings.limits.retryTimeMax = .seconds(240)
        return settings
    }

    /// The regions of <https://coralogix.com/docs/user-guides/account-management/account-settings/coralogix-domain/>.
    private static let regions = ["us1", "us2", "us3", "eu1", "eu2", "ap1", "ap2", "ap3"]

    private static func fullDomain(_ text: String) throws(Failure) -> String {
        let domain = text.lowercased()
        if regions.contains(domain) { return "\(domain).coralogix.com" }
        // A region that opened after this was written is a host name too, so it may pass.
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
                "\"\(text)\" in METRICS_SINK is no Coralogix domain; write coralogix:eu2.coralogix.com "
                    + "or one of the regions \(regions.joined(separator: ", "))")
        }
        return domain
    }
}
