import Domain
import Ports

/// One request to GitHub's API, with the words that explain an error response to a person.
struct APIRequest: Sendable {
    /// The identity that authenticates the request.
    enum Caller: Sendable {
        /// The App itself, with a token that it signs.
        case app
        /// The person who authorized the App, with a user access token.
        case person(AccessToken)
        /// The App on one organization, with an installation access token.
        case installation(AccessToken)
        /// The person whose token may read an enterprise's bill.
        case biller(EnterpriseAccount)
    }

    var method = "GET"
    /// An absolute URL under one of the ``GitHubEndpoints``.
    var url: String
    var body: [UInt8] = []
    var caller: Caller
    /// The requested resource, as a noun phrase: `the bill of acme`.
    var subject: String
    /// The organization concerned: its login, or a phrase that can stand for it.
    var organization = "the organization"
    /// The permission that the request needs.
    var permission: Permission?
    /// The message for status 404, whose meaning depends on the endpoint.
    var missing: String

    /// Whether a smaller page can be requested instead.
    var mayBeSmaller = false

    /// The requests of which only a few may be in flight: those about the same organization, on behalf
    /// of the same person.
    var limitedKind: String {
        guard case .person(let token) = caller else { return organization }
        return token.secret.reveal { "\(organization) for \($0.hashValue)" }
    }
}
