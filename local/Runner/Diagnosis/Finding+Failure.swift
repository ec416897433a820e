import Domain
import Ports

extension Finding {
    /// A problem whose fix is the failure's own message.
    init(_ failure: Failure) {
        self = .problem(failure.code.sight, fix: failure.message)
    }
}

extension Failure.Code {
    /// The finding, in a few words.
    fileprivate var sight: String {
        switch self {
        case .malformedEvent: "the request is not valid"
        case .malformedReply: "the response has an unknown form"
        case .invalidAuthorization: "the authorization is not valid"
        case .unauthorized: "the credentials are rejected"
        case .forbidden: "access is refused"
        case .policyOff: "the policy \"Copilot usage metrics\" is off"
        case .suspended: "the App's installation is suspended"
        case .notFound: "it does not exist"
        case .notReady: "it is not available yet"
        case .rejected: "the data is rejected"
        case .untrustedHost: "the host is not allowed"
        case .conflict: "another process is changing it"
        case .limitExceeded: "a limit is exceeded"
        case .unreadableState: "it cannot be read"
        case .newerFormat: "a newer version of the program wrote it"
        case .misconfigured: "a setting is wrong"
        case .rateLimited: "too many requests"
        case .timedOut: "no response in time"
        case .unavailable: "no response"
        case .cancelled: "cancelled"
        }
    }
}
