import Domain
import Ports

extension Finding {
    /// A problem of which the failure's own sentence says what to do.
    init(_ failure: Failure) {
        self = .problem(failure.code.sight, fix: failure.message)
    }
}

extension Failure.Code {
    /// What was seen, in a few words.
    fileprivate var sight: String {
        switch self {
        case .malformedEvent: "it cannot be asked for like this"
        case .malformedReply: "the answer is of an unknown form"
        case .invalidAuthorization: "the authorization is not valid"
        case .unauthorized: "it is not accepted"
        case .forbidden: "it is refused"
        case .policyOff: "the policy \"Copilot usage metrics\" is off"
        case .suspended: "the App's installation is suspended"
        case .notFound: "it is not there"
        case .notReady: "it is not there yet"
        case .rejected: "what was sent is refused"
        case .untrustedHost: "the host is not allowed"
        case .conflict: "somebody else is at work on it"
        case .limitExceeded: "it is over a limit"
        case .unreadableState: "it cannot be opened"
        case .misconfigured: "a setting does not fit"
        case .rateLimited: "fewer requests are asked for"
        case .timedOut: "there is no answer in time"
        case .unavailable: "there is no answer"
        case .cancelled: "it was given up"
        }
    }
}
