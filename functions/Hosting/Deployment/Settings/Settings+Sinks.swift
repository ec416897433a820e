import Domain
import Ports
import RemoteWrite

extension Settings {
    /// Reads the metrics backends and their credentials.
    static func sinks(from reader: inout SettingsReader) -> [SinkSetting] {
        let authorization = authorization(from: &reader)
        let headers =
            reader.value(.remoteWriteHeaders) { text throws(Failure) in
                try RemoteWriteSettings.parseHeaders(text)
            } ?? [:]
        let key = reader.secret(.coralogixKey)

        let words = (reader.text(.metricsSink) ?? "").split(whereSeparator: \.isWhitespace)
        return words.compactMap { word in
            reader.value(.metricsSink, text: String(word)) { text throws(Failure) in
                let (kind, place) = splitKind(text)
                let name = String(text.prefix { $0 != "?" })
                switch kind {
                case "file" where !place.isEmpty: return .file(folder: place)
                case "remote-write":
                    return .remoteWrite(
                        try RemoteWriteSettings(
                            url: place, authorization: authorization, headers: headers), name: name)
                case "coralogix":
                    return .remoteWrite(try coralogix(domain: place, key: key), name: name)
                default:
                    throw Failure(
                        .misconfigured,
                        "METRICS_SINK must be file:DIR, remote-write:URL or coralogix:DOMAIN, or"
                            + " several of them separated by spaces.")
                }
            }
        }
    }

    private static func coralogix(
        domain: String, key: Secret?
    ) throws(Failure) -> RemoteWriteSettings {
        guard let key else {
            throw Failure(
                .misconfigured,
                "CORALOGIX_API_KEY is not set, but METRICS_SINK names Coralogix."
                    + " Set it to \(Variable.coralogixKey.entry.meaning).")
        }
        return try .coralogix(domain: domain, apiKey: key)
    }

    private static func authorization(
        from reader: inout SettingsReader
    ) -> RemoteWriteSettings.Authorization {
        let token = reader.secret(.bearerToken)
        switch (reader.text(.remoteWriteUser), reader.secret(.remoteWritePassword)) {
        case (nil, nil): return token.map { .bearer($0) } ?? .none
        case (.some(let user), .some(let password)):
            if token != nil {
                reader.refuse(.bearerToken, "and REMOTE_WRITE_USERNAME are both set. Keep one.")
            }
            return .basic(username: user, password: password)
        case (.some, nil):
            reader.refuse(
                .remoteWritePassword, "is not set, but REMOTE_WRITE_USERNAME is. Set both.")
        case (nil, .some):
            reader.refuse(.remoteWriteUser, "is not set, but REMOTE_WRITE_PASSWORD is. Set both.")
        }
        return .none
    }
}
