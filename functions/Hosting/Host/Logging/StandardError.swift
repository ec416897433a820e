#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The stream for all output except the result.
public enum StandardError {
    /// Writes text unchanged, in as few system calls as possible.
    ///
    /// A short line is therefore not interleaved with output of another process to the same stream.
    ///
    /// - Parameter text: The text to write; it is lost if the stream has no reader.
    @Sendable public static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // The pointer is valid only during the call and is not kept.
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Int(platformWrite(STDERR_FILENO, bytes.baseAddress, bytes.count))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Whether the stream is a terminal that shows colour; see <https://no-color.org>.
    public static func isInColour(environment: [String: String]) -> Bool {
        isatty(STDERR_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
            && environment["TERM"] != "dumb"
    }
}

private func platformWrite(
    _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
    unsafe write(descriptor, bytes, count)
}
