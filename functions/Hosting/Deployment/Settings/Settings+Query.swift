public import Domain
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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
        let token = reader.secret(.queryBearerToken)
        let (user, password) = (reader.text(.queryUser), reader.secret(.queryPassword))
        let url = reader.value(.queryURL, "an http or https address without a query") { text in
            Origin(text) != nil && !text.contains("?") && !text.contains("#") ? text : nil
        }
        if token != nil, user != nil || password != nil {
            reader.refuse(.queryBearerToken, "and QUERY_USERNAME are both set. Keep one.")
        }
        if user != nil, password == nil {
            reader.refuse(.queryPassword, "is not set, but QUERY_USERNAME is. Set both.")
        }
        if user == nil, password != nil {
            reader.refuse(.queryUser, "is not set, but QUERY_PASSWORD is. Set both.")
        }
        guard let url else { return nil }
        var authorization = token.map { $0.reveal { Secret("Bearer \($0)") } }
        if let user, let password {
            let pair = password.reveal { Data("\(user):\($0)".utf8).base64EncodedString() }
            authorization = Secret("Basic \(pair)")
        }
        return QuerySetting(url: url, authorization: authorization)
    }
}
