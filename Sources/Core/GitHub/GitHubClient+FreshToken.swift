import Domain
import Ports
import Toolbox

/// The waits between the attempts with a token that GitHub has just issued.
///
/// Octokit's library for Apps waits similarly, and products with user tokens report that a refusal
/// passes within one to three seconds.
private let freshTokenWaits: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]

extension GitHubClient {
    /// Attempts a request again while its token may be too new for the server that refused it.
    func patiently<Value>(
        _ request: APIRequest, _ attempt: () async throws(Refusal) -> Value
    ) async throws(Refusal) -> Value {
        for wait in freshTokenWaits {
            let mayBeTooNew = request.hasFreshToken(at: clock.now())
            do throws(Refusal) {
                return try await attempt()
            } catch {
                guard mayBeTooNew, error.isAboutToken,
                    Deadline.allows(wait, at: clock.now(), keeping: Deadline.reserve)
                else { throw error }
            }
            guard (try? await time.sleep(for: wait)) != nil else {
                throw Refusal(Failure(.cancelled, "asking GitHub was cancelled"))
            }
        }
        return try await attempt()
    }
}

extension APIRequest {
    /// Whether a refusal of the request may be about the age of its token.
    fileprivate func hasFreshToken(at now: Timestamp) -> Bool {
        switch caller {
        case .app, .biller: return false
        case .person(let token), .installation(let token):
            if let permission, token.lacks(permission) { return false }
            return token.isFresh(at: now)
        }
    }
}
