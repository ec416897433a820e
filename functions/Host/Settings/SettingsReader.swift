import Configuration
import Domain

/// One thing that is wrong with the settings, as a line for a person.
struct SettingProblem: Hashable {
    let variable: Variable
    /// What is wrong and how to put it right; it never repeats the value, which may be a secret in
    /// the wrong place.
    let sentence: String

    var line: String { "\(variable.rawValue) \(sentence)" }
}

/// Reads variables from the environment, then a file, then the defaults, and collects what is wrong.
struct SettingsReader {
    private(set) var problems: [SettingProblem] = []
    private let config: ConfigReader

    init(environment: [String: String], file: [String: String], defaults: Settings.Defaults) {
        let secrets = Variable.allCases.filter(\.isSecret).map(\.rawValue)
        config = ConfigReader(
            providers: [environment, file, defaults.values].map { values in
                EnvironmentVariablesProvider(
                    // An empty variable is one that a template left blank: the same as none.
                    environmentVariables: values.mapValues { $0.trimmed() }.filter {
                        !$0.value.isEmpty
                    },
                    secretsSpecifier: .specific(Set(secrets)))
            })
    }

    func text(_ variable: Variable) -> String? {
        config.string(forKey: ConfigKey([variable.rawValue]), isSecret: variable.isSecret)
    }

    func secret(_ variable: Variable) -> Secret? { text(variable).map { Secret($0) } }

    /// Reads a variable that has a form.
    ///
    /// - Parameters:
    ///   - variable: The variable.
    ///   - text: What it says, where only a part of it is read.
    ///   - parse: Reads the text, or says what is wrong with it.
    /// - Returns: The value; nil if it is not set or wrong, which is then among ``problems``.
    mutating func value<Value>(
        _ variable: Variable, text: String? = nil, _ parse: (String) throws(Complaint) -> Value
    ) -> Value? {
        guard let text = text ?? self.text(variable) else { return nil }
        do throws(Complaint) {
            return try parse(text)
        } catch {
            refuse(variable, error.sentence)
            return nil
        }
    }

    /// Reads a variable whose form takes one phrase to say, after "must be".
    mutating func value<Value>(
        _ variable: Variable, _ form: String, _ parse: (String) -> Value?
    ) -> Value? {
        value(variable) { text throws(Complaint) in
            guard let value = parse(text) else { throw Complaint("must be \(form)") }
            return value
        }
    }

    /// Reads a variable that is one of a few words.
    mutating func word<Value: RawRepresentable<String> & CaseIterable>(
        _ variable: Variable, as type: Value.Type
    ) -> Value? {
        let words = type.allCases.map(\.rawValue).joined(separator: ", ")
        return value(variable, "one of: \(words)") { Value(rawValue: $0.lowercased()) }
    }

    mutating func refuse(_ variable: Variable, _ sentence: String) {
        problems.append(SettingProblem(variable: variable, sentence: sentence))
    }
}
