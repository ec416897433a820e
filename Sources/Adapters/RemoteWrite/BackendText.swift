import Domain

/// What a backend said in an error, made fit for a log and for a person.
enum BackendText {
    /// The longest quotation, in characters.
    private static let characterCountMax = 300

    /// Cleans what a backend said.
    ///
    /// - Parameters:
    ///   - body: The beginning of the reply's body.
    ///   - secrets: What was sent as a credential; a backend may repeat it.
    /// - Returns: One line without control characters, secrets, or persons' addresses and names.
    static func clean(_ body: [UInt8], without secrets: [Secret]) -> String {
        var text = String(decoding: body, as: UTF8.self)
        for secret in secrets {
            secret.reveal { value in
                if !value.isEmpty { text = text.replacing(value, with: "<secret>") }
            }
        }
        // Backends quote series as name{label="value"}, or in JSON as name{label=\"value\"}; where a
        // value's end is in doubt, rather too much is hidden.
        text.replace(/(user_email|user_name)=\\*"(?:[^"\\]|\\.)*"?/) { "\($0.output.1)=<hidden>" }
        text.replace(/[^\s"'<>(){},;:=]*@[^\s"'<>(){},;:=]*/, with: "<address>")
        let words = text.unicodeScalars.split { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
        }
        return String(words.map(String.init).joined(separator: " ").prefix(characterCountMax))
    }
}
