import FunctionInterface
import Host
import Runner

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a person sees: results on standard output, everything else on standard error.
enum Terminal {
    /// Whether somebody looks at standard error as it is written.
    static var isLive: Bool { isatty(STDERR_FILENO) == 1 }

    /// The colours of standard output; see <https://no-color.org>.
    static var style: TextStyle {
        let environment = ProcessInfo.processInfo.environment
        let isColored =
            isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
        return TextStyle(isColored: isColored)
    }

    /// Prints lines of a result at once, also where a file or a pipe takes them.
    static func show(_ lines: [String]) {
        for line in lines { print(line) }
        // A pipe is read by somebody who may wait for the line.
        fflush(nil)
    }

    /// Prints a JSON document.
    static func show(json: [UInt8]) { show([String(decoding: json, as: UTF8.self)]) }

    /// Ends the program.
    static func leave(_ status: CommandStatus) -> Never { exit(status.rawValue) }

    /// Says something that is not the result.
    static func say(_ text: String) { StandardError.write(text + "\n") }
}
