#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The stream for everything that is not the result.
public enum StandardError {
    /// Writes text as it is, with as few calls as the system allows: a short line is not torn apart
    /// by another process that writes to the same place.
    ///
    /// - Parameter text: What to write; if nobody reads it any more, it is lost.
    @Sendable public static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // The pointer is lent for the call and not kept.
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe Int(platformWrite(STDERR_FILENO, bytes.baseAddress, bytes.count))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Whether a person with a colour terminal reads it; see <https://no-color.org>.
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
