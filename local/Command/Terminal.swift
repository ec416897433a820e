import FunctionInterface
import Host
import Runner
import Toolbox

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

    /// The colours and the width of standard output; see <https://no-color.org>.
    static var style: TextStyle {
        let environment = ProcessInfo.processInfo.environment
        let isColored =
            isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
        return TextStyle(isColored: isColored, columns: columns(of: STDOUT_FILENO))
    }

    /// The width of a stream; nil for a file or a pipe.
    ///
    /// `COLUMNS` takes precedence, as POSIX wants it: "Environment Variables", 8.3.
    private static func columns(of stream: CInt) -> Int? {
        let wanted = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 0
        guard wanted <= 0 else { return max(wanted, narrowest) }
        var size = winsize()
        // The kernel fills the structure, which it knows by the request.
        guard unsafe ioctl(stream, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return max(Int(size.ws_col), narrowest)
    }

    /// No word of ours fits into less.
    private static let narrowest = 40

    /// Prints lines of a result at once, also into a file or a pipe.
    static func show(_ lines: [String]) {
        for line in lines { print(style.shown(line)) }
        // The reader of a pipe may wait for the line.
        fflush(nil)
    }

    /// Prints help, whose synopsis the parser leaves in one line.
    static func show(help: String) {
        show(
            help.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.hasPrefix("USAGE:") ? fitted(String(line), on: STDOUT_FILENO) : String(line)
            })
    }

    /// Prints a JSON document.
    static func show(json: [UInt8]) {
        // What a terminal could be deceived with is escaped, which is the same text in JSON.
        print(String(decoding: json, as: UTF8.self).escapedInJSON)
        fflush(nil)
    }

    /// Ends the program.
    static func leave(_ status: CommandStatus) -> Never { exit(status.rawValue) }

    /// Prints a message that is not part of the result.
    static func say(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines {
            StandardError.write(
                fitted(TextStyle.plain.shown(String(line)), on: STDERR_FILENO) + "\n")
        }
    }

    /// A line of a message, broken between words where the terminal would break it anywhere.
    private static func fitted(_ line: String, on stream: CInt) -> String {
        guard let columns = columns(of: stream), line.count > columns else { return line }
        let indent = String(line.prefix { $0 == " " })
        return line.wrapped(width: columns, indent: indent).joined(separator: "\n")
    }

    /// A line that must not be longer than the terminal, because it is written over itself.
    static func cut(_ line: String) -> String {
        guard let columns = columns(of: STDERR_FILENO), line.count >= columns else { return line }
        return String(line.prefix(columns - 2)) + "…"
    }
}
