import Domain
import Ports
import RemoteWrite
import Toolbox

extension Settings {
    /// Reads the metrics backends and their credentials.
    static func sinks(from reader: inout SettingsReader) -> [SinkSetting] {
        let authorization = authorization(
            .bearerToken, .remoteWriteUser, .remoteWritePassword, from: &reader)
        let headers =
            reader.value(.remoteWriteHeaders) { text throws(Failure) in
                try RemoteWriteSettings.parseHeaders(text)
            } ?? [:]
        let key = reader.secret(.coralogixKey)

        let words = (reader.text(.metricsSink) ?? "").split(whereSeparator: \.isWhitespace)
        return words.compactMap { word in
            reader.value(.metricsSink, text: String(word)) { text throws(Failure) in
                let (kind, place) = splitKind(text)
                try checkSeparators(text)
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
                            + " several of them separated by spaces.\(Spelling.hint(kind, kinds))")
                }
            }
        }
    }

    private static let kinds = ["file", "remote-write", "coralogix"]

    /// A second backend after a comma would be part of the first one's folder or address.
    private static func checkSeparators(_ text: String) throws(Failure) {
        let rests = text.split { ",;".contains($0) }.dropFirst()
        guard rests.contains(where: { kinds.contains(splitKind(String($0)).kind) }) else { return }
        throw Failure(
            .misconfigured,
            "METRICS_SINK separates backends with a comma or a semicolon. Separate them with spaces."
        )
    }

    private static func coralogix(
        domain: String, key: Secret?
    ) throws(Failure) -> RemoteWriteSettings {
        guard let key else {
            // A wrong domain is reported as well, or it would be found only after the key.
            var also = ""
            do throws(Failure) {
                _ = try RemoteWriteSettings.coralogix(domain: domain, apiKey: Secret("missing"))
            } catch {
                also = "\(error.message)\n"
            }
            throw Failure(
                .misconfigured,
                also + "CORALOGIX_API_KEY is not set, but METRICS_SINK names Coralogix."
                    + " Set it to \(Variable.coralogixKey.entry.meaning).")
        }
        return try .coralogix(domain: domain, apiKey: key)
    }

    /// Reads the credentials of an address: a token, or a user and a password.
    static func authorization(
        _ bearerToken: Variable, _ username: Variable, _ password: Variable,
        from reader: inout SettingsReader
    ) -> RemoteWriteSettings.Authorization {
        let token = reader.secret(bearerToken)
        switch (reader.text(username), reader.secret(password)) {
        case (nil, nil): return token.map { .bearer($0) } ?? .none
        case (.some(let user), .some(let secret)):
            if token != nil {
                reader.refuse(
                    bearerToken, "and \(username.rawValue) are both set. Keep one.")
            }
            return .basic(username: user, password: secret)
        case (.some, nil):
            reader.refuse(password, "is not set, but \(username.rawValue) is. Set both.")
        case (nil, .some):
            reader.refuse(username, "is not set, but \(password.rawValue) is. Set both.")
        }
        return .none
    }
}
