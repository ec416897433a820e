public import Domain
import Ports

/// What a command says to the shell that started it.
public enum CommandStatus: Int32, Comparable, Sendable {
    /// All is done; a report that is not ready yet is no fault.
    case done = 0
    /// Something failed, or an organization or a source was refused.
    case fault = 1
    /// The command or the configuration is wrong; a message says how to put it right.
    case misuse = 2
    /// A person interrupted the command; a message says how much is left.
    ///
    /// It is the status of a shell for a process that `SIGINT` ended.
    case interrupted = 130

    /// Judges a failure.
    public init(_ failure: Failure) { self = failure.code == .misconfigured ? .misuse : .fault }

    /// Judges what became of a day.
    public init(_ manifest: Manifest) { self = manifest.isFault ? .fault : .done }

    /// Judges an answer to a browser.
    ///
    /// - Parameter httpStatus: The status; 400 and above are refusals, RFC 9110 section 15.5.
    public init(httpStatus: Int) { self = httpStatus >= 400 ? .fault : .done }

    /// Orders by how much a person should worry, least first.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
