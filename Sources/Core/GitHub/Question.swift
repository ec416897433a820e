import Domain
import Ports

/// One request to GitHub's API, and what is needed to explain its refusal to a person.
struct Question: Sendable {
    /// In whose name it is asked.
    enum Caller: Sendable {
        /// The App itself, by a token it signs.
        case app
        /// The person who authorized.
        case person(Secret)
        /// The App on one organization.
        case installation(Secret)
    }

    var method = "GET"
    /// An absolute address under one of the bases.
    var url: String
    var body: [UInt8] = []
    var caller: Caller
    /// What is asked for, as it reads after "GitHub refuses …".
    var subject: String
    /// The organization it is about, as it reads after "on …".
    var organization = "the organization"
    /// What the App needs for it.
    var permission: Permission?
    /// What a 404 means here.
    var missing: String
}
