/// The error of this system: ports throw it, functions pass it on, and callers read its code.
///
/// The list of codes is closed, so that every kind of failure decides whether a retry can help.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failures.
    ///
    /// The raw values are part of the JSON of results and never change.
    public enum Code: String, Codable, CaseIterable, Sendable {
        /// The event is not valid input for the function.
        case malformedEvent
        /// The other side sent a response that its documentation does not describe.
        case malformedReply
        /// The authorization did not start here, has expired, was already used, or was declined.
        case invalidAuthorization
        /// The credentials are not accepted.
        case unauthorized
        /// The App or the person lacks a permission.
        case forbidden
        /// The organization's "Copilot usage metrics" policy is off.
        case policyOff
        /// The App's installation is suspended.
        case suspended
        /// The resource does not exist or is not visible to the App.
        case notFound
        /// GitHub has not published the report yet.
        case notReady
        /// The backend refused the request.
        case rejected
        /// The host or its address is not allowed.
        case untrustedHost
        /// The entry changed since it was read, or another process is working on it.
        case conflict
        /// A key, a value or a response exceeds its limit.
        case limitExceeded
        /// Stored state cannot be decrypted or decoded.
        case unreadableState
        /// A newer version of the program wrote the stored state, in a format that this one cannot read.
        case newerFormat
        /// A setting is missing or invalid.
        case misconfigured
        /// The other side asked for fewer requests.
        case rateLimited
        /// No response arrived in time.
        case timedOut
        /// The other side cannot be reached, or reports that it is unavailable.
        case unavailable
        /// The caller cancelled the work.
        case cancelled
    }

    /// Whether the failure is that one stored entry cannot be read: it affects nothing else.
    public var concernsEntry: Bool { code == .unreadableState || code == .newerFormat }

    /// Whether a retry can help.
    public enum Retry: Hashable, Sendable {
        /// No: the same event would fail in the same way.
        case never
        /// Yes, after this time at the earliest.
        case after(Duration)
    }

    /// The kind of failure.
    public let code: Code
    /// One sentence for people: what is wrong and what to do about it.
    ///
    /// It contains no secret.
    public let message: String
    /// The wait that the other side asked for, if it did.
    public let delay: Duration?

    /// Creates a failure.
    public init(_ code: Code, _ message: String, delay: Duration? = nil) {
        self.code = code
        self.message = message
        self.delay = delay
    }

    /// Whether and when to retry the event.
    public var retry: Retry {
        switch code {
        case .malformedEvent, .malformedReply, .invalidAuthorization, .unauthorized, .forbidden,
            .policyOff, .suspended, .notFound, .notReady, .rejected, .untrustedHost,
            .limitExceeded, .unreadableState, .newerFormat, .misconfigured:
            .never
        case .conflict: .after(delay ?? .seconds(1))
        case .rateLimited: .after(delay ?? .seconds(60))
        case .timedOut, .unavailable, .cancelled: .after(delay ?? .seconds(5))
        }
    }

    /// Refuses what a newer version of the program wrote.
    ///
    /// - Parameters:
    ///   - what: What has the newer format, such as `the entry tick/last`.
    ///   - version: The version of its format.
    ///   - readable: The newest version that this program reads.
    public static func newerFormat(of what: String, _ version: Int, readable: Int) -> Failure {
        Failure(
            .newerFormat,
            """
            \(what) has format version \(version), but copilot-usage \(ProductVersion.current) reads \
            versions up to \(readable). A newer version of the program wrote it: run that version, or \
            a later one. Nothing was changed
            """)
    }

    /// What to do when the system lets this process open no more files.
    public static let raiseFileLimit =
        "Raise the limit on open files, with `ulimit -n` or LimitNOFILE in systemd"

    /// The reason to retry an event that has a result: part of the work failed temporarily.
    public static func unfinished(retryAfterSeconds seconds: Int) -> Failure {
        Failure(
            .unavailable,
            "some sources could not be read for now; copilot-local status ORGANIZATION DAY says which",
            delay: .seconds(seconds))
    }

    /// The code and the message, such as `notFound: acme does not exist`.
    public var description: String { "\(code.rawValue): \(message)" }
}

/// A failure in JSON.
///
///     {"error": {"code": "rateLimited", "message": "GitHub asks to wait", "retryAfterSeconds": 60}}
public struct FailureReport: Codable, Hashable, Sendable {
    /// The members of `error`.
    public struct Content: Codable, Hashable, Sendable {
        /// The code.
        public var code: Failure.Code
        /// The message.
        public var message: String
        /// The seconds to wait before a retry; nil if a retry cannot help.
        public var retryAfterSeconds: Int?
    }

    /// The failure.
    public var error: Content

    /// Describes a failure.
    ///
    /// The wait is rounded up to whole seconds.
    public init(_ failure: Failure) {
        var seconds: Int?
        if case .after(let delay) = failure.retry {
            seconds = delay.secondsRoundedUp
        }
        error = Content(code: failure.code, message: failure.message, retryAfterSeconds: seconds)
    }
}
