import Domain
import Ports
import Toolbox

/// One problem with the settings.
struct SettingProblem: Hashable {
    let variable: Variable
    /// The variable, the problem and the fix; never the value, which may be a secret in the wrong
    /// place.
    var line: String

    /// The problem, with the name under which the variable is probably set.
    func explained(by misspelled: [(name: String, meant: String)]) -> Self {
        guard let found = misspelled.first(where: { $0.meant == variable.rawValue }) else {
            return self
        }
        var problem = self
        problem.line += " \(found.name) is set: did you mean \(variable.rawValue)?"
        return problem
    }
}

/// Reads variables from the environment, then a file, then the defaults, and collects problems.
struct SettingsReader {
    private(set) var problems: [SettingProblem] = []
    private let values: [Variable: String]

    init(environment: [String: String], file: [String: String], defaults: Settings.Defaults) {
        var environment = environment
        // libcurl looks for the lowercase name first; here all names are uppercase.
        if let proxy = environment["https_proxy"] { environment["HTTPS_PROXY"] = proxy }
        let places = [environment, file, defaults.values]
        values = Dictionary(
            uniqueKeysWithValues: Variable.allCases.compactMap { variable in
                // An empty variable, such as one that a template left blank, counts as not set.
                places.lazy.compactMap { $0[variable.rawValue]?.trimmed() }.first { !$0.isEmpty }
                    .map { (variable, $0) }
            })
    }

    func text(_ variable: Variable) -> String? { values[variable] }

    func secret(_ variable: Variable) -> Secret? { text(variable).map { Secret($0) } }

    /// Reads a variable with a parser.
    ///
    /// - Parameters:
    ///   - text: The text to parse if it is only a part of the value.
    ///   - parse: Parses the text, or throws a message that names the variable.
    /// - Returns: The value; nil if it is not set or wrong, which adds to ``problems``.
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

    /// Reads a variable whose form is described by a phrase that follows "must be".
    mutating func value<Value>(
        _ variable: Variable, _ form: @autoclosure () -> String, _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = text(variable) else { return nil }
        let value = parse(text)
        if value == nil { refuse(variable, "must be \(form())") }
        return value
    }

    /// Reads a variable that is one of a few words.
    mutating func word<Value: RawRepresentable<String> & CaseIterable>(
        _ variable: Variable, as type: Value.Type
    ) -> Value? {
        let words = type.allCases.map(\.rawValue)
        let hint = Spelling.hint(text(variable) ?? "", words)
        return value(variable, "one of: \(words.joined(separator: ", ")).\(hint)") {
            Value(rawValue: $0.lowercased())
        }
    }

    /// Reads a variable that is `on` or `off`.
    mutating func flag(_ variable: Variable) -> Bool? {
        value(variable, "on or off") { ["on": true, "off": false][$0.lowercased()] }
    }

    /// Reads a variable that is a list of a few words, separated by spaces or commas.
    mutating func words<Value: RawRepresentable<String> & CaseIterable>(
        _ variable: Variable, as type: Value.Type
    ) -> [Value] {
        let known = type.allCases.map(\.rawValue).joined(separator: ", ")
        let values: [Value]? = value(variable, "names from this list: \(known)") { text in
            let words = text.split { $0 == "," || $0.isWhitespace }
            let values = words.compactMap { Value(rawValue: $0.lowercased()) }
            return values.count == words.count ? values : nil
        }
        return values ?? []
    }

    mutating func refuse(_ variable: Variable, _ sentence: String) {
        problems.append(
            SettingProblem(variable: variable, line: "\(variable.rawValue) \(sentence)"))
    }
}
