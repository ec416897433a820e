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

/// Output of the commands: results on standard output, everything else on standard error.
enum Terminal {
    /// Whether standard error is a terminal.
    static var isLive: Bool { isatty(STDERR_FILENO) == 1 }

    /// The colours of standard output; see <https://no-color.org>.
    static var style: TextStyle {
        let environment = ProcessInfo.processInfo.environment
        let isColored =
            isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
        return TextStyle(isColored: isColored)
    }

    /// Prints lines of a result at once, also into a file or a pipe.
    static func show(_ lines: [String]) {
        for line in lines { print(line) }
        // The reader of a pipe may wait for the line.
        fflush(nil)
    }

    /// Prints a JSON document.
    static func show(json: [UInt8]) { show([String(decoding: json, as: UTF8.self)]) }

    /// Ends the program.
    static func leave(_ status: CommandStatus) -> Never { exit(status.rawValue) }

    /// Prints a message that is not part of the result.
    static func say(_ text: String) { StandardError.write(text + "\n") }
}
