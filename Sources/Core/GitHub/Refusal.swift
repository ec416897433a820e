import Domain
import Toolbox

/// What an error response of GitHub stands for.
struct Refusal: RetryableError {
    /// The failure, whose message says what to do.
    var failure: Failure
    /// Whether GitHub does not know the token or its permissions.
    ///
    /// It may only not know them yet.
    var isAboutToken = false
    /// Whether a smaller page may be answered.
    var isAboutSize = false

    init(_ failure: Failure) { self.failure = failure }

    init(_ failure: Failure, isAboutToken: Bool = false, isAboutSize: Bool = false) {
        self.failure = failure
        self.isAboutToken = isAboutToken
        self.isAboutSize = isAboutSize
    }
}
