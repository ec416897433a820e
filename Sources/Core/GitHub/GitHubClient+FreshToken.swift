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
            let isFresh = request.token?.isFresh(at: clock.now()) ?? false
            do throws(Refusal) {
                return try await attempt()
            } catch {
                guard isFresh, error.isAboutToken, !request.isLackingPermission(error),
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
    /// The token that GitHub issued for the caller, if it has one.
    fileprivate var token: AccessToken? {
        switch caller {
        case .app, .biller: nil
        case .person(let token), .installation(let token): token
        }
    }

    /// Whether a refusal is about a permission that GitHub did not list with the token.
    ///
    /// Then it is true at once. A token that GitHub does not know may still be too new.
    fileprivate func isLackingPermission(_ refusal: Refusal) -> Bool {
        guard refusal.failure.code == .forbidden, let permission, let token else { return false }
        return token.lacks(permission)
    }
}
