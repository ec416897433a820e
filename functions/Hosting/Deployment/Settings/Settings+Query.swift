public import Domain
import RemoteWrite
import Toolbox

/// Where samples can be read back.
public struct QuerySetting: Sendable {
    /// The address of a Prometheus HTTP API.
    public let url: String
    /// The header `authorization`; nil for none.
    public let authorization: Secret?
}

extension Settings {
    /// Reads the address and its credentials; nil if there is none.
    static func query(from reader: inout SettingsReader) -> QuerySetting? {
        let authorization = authorization(
            .queryBearerToken, .queryUser, .queryPassword, from: &reader)
        let url = reader.value(.queryURL, "an http or https address without a query") { text in
            Origin(text) != nil && !text.contains("?") && !text.contains("#") ? text : nil
        }
        guard let url else { return nil }
        return QuerySetting(url: url, authorization: authorization.header)
    }
}
