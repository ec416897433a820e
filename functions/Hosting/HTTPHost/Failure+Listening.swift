public import Domain
import Glibc
import NIOCore

extension Failure {
    /// Says why a server cannot listen.
    ///
    /// - Parameters:
    ///   - place: Where, such as `127.0.0.1, port 8080`.
    ///   - error: What the server threw.
    ///   - advice: What to do, as a sentence.
    public static func cannotListen(
        on place: String, _ error: any Error, advice: String
    ) -> Failure {
        // The system's words, copied at once: which call failed helps nobody.
        let reason = (error as? IOError).map { error in
            unsafe String(cString: strerror(error.errnoCode))
        }
        return Failure(
            .misconfigured,
            "Cannot listen on \(place): \(reason ?? "\(error)"). \(advice)")
    }
}
