public import Domain
import Ports
import Toolbox

/// The mode that a function host was started in.
public enum Mode: Hashable, Sendable {
    /// Runs one event and exits.
    case event(FunctionName, path: String)
    /// Serves AWS Lambda's Runtime API.
    case lambda(FunctionName)
    /// Handles the events on the event bus.
    case worker
    /// Serves HTTP.
    case http(FunctionName, port: Int)

    /// Determines the mode from how the program was started.
    ///
    /// - Parameters:
    ///   - target: The first argument: a function, or `work`.
    ///   - event: The value of `--event`: a file, or `-` for standard input.
    ///   - environment: The variables by name.
    /// - Throws: `misconfigured`, naming the argument or variable that is missing or wrong.
    public static func decide(
        target: String?, event: String?, environment: [String: String]
    ) throws(Failure) -> Mode {
        func value(_ name: String) -> (value: String, origin: String)? {
            guard let value = environment[name], !value.isEmpty else { return nil }
            return (value, name)
        }
        let argument = target.map { (value: $0, origin: "the first argument") }
        let variable = value(Variable.functionTarget.rawValue)

        if target == "work" {
            guard event == nil else {
                throw Failure(
                    .misconfigured, "work takes its events from EVENT_BUS: leave out --event")
            }
            return .worker
        }
        if let event { return .event(try function(argument ?? variable), path: event) }
        if value("AWS_LAMBDA_RUNTIME_API") != nil {
            return .lambda(try function(value("_HANDLER") ?? argument ?? variable))
        }
        let port = value(Variable.port.rawValue)?.value ?? "8080"
        guard let number = UInt16(port) else {
            throw Failure(.misconfigured, "PORT must be a number from 0 to 65535")
        }
        return .http(try function(argument ?? variable), port: Int(number))
    }

    private static func function(
        _ name: (value: String, origin: String)?
    ) throws(Failure) -> FunctionName {
        let all = FunctionName.allCases.map(\.rawValue)
        let names = all.joined(separator: ", ")
        guard let name else {
            throw Failure(
                .misconfigured,
                "no function is named: give one of \(names) as the first argument"
                    + " or in FUNCTION_TARGET")
        }
        guard let function = FunctionName(rawValue: name.value) else {
            throw Failure(
                .misconfigured,
                "\(name.origin) is not a function.\(Spelling.hint(name.value, all + ["work"]))"
                    + " Use one of \(names).")
        }
        return function
    }
}
