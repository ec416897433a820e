import Domain
import Ports
import Toolbox

/// One thing that is wrong with the settings.
struct SettingProblem: Hashable {
    let variable: Variable
    /// Names the variable, what is wrong and how to put it right; it never repeats the value, which
    /// may be a secret in the wrong place.
    let line: String
}

/// Reads variables from the environment, then a file, then the defaults, and collects what is wrong.
struct SettingsReader {
    private(set) var problems: [SettingProblem] = []
    private let values: [Variable: String]

    init(environment: [String: String], file: [String: String], defaults: Settings.Defaults) {
        var environment = environment
        // libcurl looks for the small letters first; here all names are in capitals.
        if let proxy = environment["https_proxy"] { environment["HTTPS_PROXY"] = proxy }
        let places = [environment, file, defaults.values]
        values = Dictionary(
            uniqueKeysWithValues: Variable.allCases.compactMap { variable in
                // An empty variable is one that a template left blank: the same as none.
                places.lazy.compactMap { $0[variable.rawValue]?.trimmed() }.first { !$0.isEmpty }
                    .map { (variable, $0) }
            })
    }

    func text(_ variable: Variable) -> String? { values[variable] }

    func secret(_ variable: Variable) -> Secret? { text(variable).map { Secret($0) } }

    /// Reads a variable by whoever knows its form.
    ///
    /// - Parameters:
    ///   - variable: The variable.
    ///   - text: What it says, where only a part of it is read.
    ///   - parse: Reads the text, or throws a message that names the variable.
    /// - Returns: The value; nil if it is not set or wrong, which is then among ``problems``.
    mutating func value<Value>(
        _ variable: Variable, text: String? = nil, _ parse: (String) throws(Failure) -> Value
    ) -> Value? {
        guard let text = text ?? self.text(variable) else { return nil }
        do throws(Failure) {
            return try parse(text)
        } catch {
            problems.append(SettingProblem(variable: variable, line: error.message))
            return nil
        }
    }

    /// Reads a variable whose form takes one phrase to say, after "must be".
    mutating func value<Value>(
        _ variable: Variable, _ form: String, _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = text(variable) else { return nil }
        let value = parse(text)
        if value == nil { refuse(variable, "must be \(form)") }
        return value
    }

    /// Reads a variable that is one of a few words.
    mutating func word<Value: RawRepresentable<String> & CaseIterable>(
        _ variable: Variable, as type: Value.Type
    ) -> Value? {
        let words = type.allCases.map(\.rawValue).joined(separator: ", ")
        return value(variable, "one of: \(words)") { Value(rawValue: $0.lowercased()) }
    }

    mutating func refuse(_ variable: Variable, _ sentence: String) {
        problems.append(
            SettingProblem(variable: variable, line: "\(variable.rawValue) \(sentence)"))
    }
}
