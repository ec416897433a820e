/// The one error of this system: what a port throws, a function rethrows and a caller reads.
///
/// The list of codes is closed, so each new way to fail has to say whether it is worth a retry.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The ways to fail; the raw value is what a result's JSON carries, so it never changes.
    public enum Code: String, Codable, CaseIterable, Sendable {
        /// The event is not one that the function takes.
        case malformedEvent
        /// The other side answered in a form that its reference does not describe.
        case malformedReply
        /// An authorization was not begun here, is too old, was used, or was refused by the person.
        case invalidAuthorization
        /// A person, token or key is not accepted.
        case unauthorized
        /// The App or the person may not do this.
        case forbidden
        /// The organization's "Copilot usage metrics" policy is off.
        case policyOff
        /// The App's installation is suspended.
        case suspended
        /// There is no such thing, or none that we may see.
        case notFound
        /// GitHub has no report yet.
        case notReady
        /// The backend refused what it was sent.
        case rejected
        /// A host or an address that nothing may be fetched from.
        case untrustedHost
        /// The entry changed since it was read, or somebody else is at work on it.
        case conflict
        /// A key, a value or a reply is larger than its limit.
        case limitExceeded
        /// What is stored cannot be opened or read.
        case unreadableState
        /// A setting is missing or wrong.
        case misconfigured
        /// The other side asked for fewer requests.
        case rateLimited
        /// No answer arrived in the time allowed.
        case timedOut
        /// The other side cannot be reached, or says that it cannot serve.
        case unavailable
        /// The caller gave up.
        case cancelled
    }

    /// What a caller may do next.
    public enum Retry: Hashable, Sendable {
        /// The same event will fail the same way.
        case never
        /// The same event may succeed once this much time has passed.
        case after(Duration)
    }

    /// The way it failed.
    public let code: Code
    /// One sentence for a person, naming no secret: what is wrong and what to do.
    public let message: String
    /// How long the other side asked to wait, when it did.
    public let delay: Duration?

    /// Creates a failure.
    public init(_ code: Code, _ message: String, delay: Duration? = nil) {
        self.code = code
        self.message = message
        self.delay = delay
    }

    /// Whether, and when, the same event is worth sending again.
    public var retry: Retry {
        switch code {
        case .malformedEvent, .malformedReply, .invalidAuthorization, .unauthorized, .forbidden,
            .policyOff, .suspended, .notFound, .notReady, .rejected, .untrustedHost,
            .limitExceeded, .unreadableState, .misconfigured:
            .never
        case .conflict: .after(delay ?? .seconds(1))
        case .rateLimited: .after(delay ?? .seconds(60))
        case .timedOut, .unavailable, .cancelled: .after(delay ?? .seconds(5))
        }
    }

    /// Why an event is worth sending again although there is a result: part of the work failed with
    /// what may pass.
    public static func unfinished(retryAfterSeconds seconds: Int) -> Failure {
        Failure(
            .unavailable, "part of the work failed and may succeed later; see the result",
            delay: .seconds(seconds))
    }

    /// The code and the sentence, as one line.
    public var description: String { "\(code.rawValue): \(message)" }
}

/// A failure as it stands in a result: `{"error":{"code":…,"message":…,"retryAfterSeconds":…}}`.
public struct FailureReport: Codable, Hashable, Sendable {
    /// The failure's parts.
    public struct Content: Codable, Hashable, Sendable {
        /// The stable code.
        public var code: Failure.Code
        /// The sentence.
        public var message: String
        /// After how many seconds the same event is worth sending again; nil if never.
        public var retryAfterSeconds: Int?
    }

    /// The failure.
    public var error: Content

    /// Reports a failure; a wait is rounded up to whole seconds.
    public init(_ failure: Failure) {
        var seconds: Int?
        if case .after(let delay) = failure.retry {
            seconds = delay.secondsRoundedUp
        }
        error = Content(code: failure.code, message: failure.message, retryAfterSeconds: seconds)
    }
}
