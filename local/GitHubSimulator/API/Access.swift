import Toolbox
import Domain

extension SimulatedGitHub {
    /// Lets in who may read something of the organization in the path.
    ///
    /// - Parameters:
    ///   - call: The call, whose path names the organization.
    ///   - permission: What the App must have been granted there.
    /// - Returns: The organization.
    /// - Throws: A refusal: 404 for what the caller may not know of, 403 for what it may not read.
    func requireAccess(
        _ call: Call, permission: String
    ) throws(Refusal) -> SimulatedOrganization {
        let organization = world.organization(call.parameter("org"))
        switch try caller(call) {
        case .app:
            recordViolation(
                "the App's own JSON web token where an installation's token belongs", call)
            throw Self.badCredentials
        case .installation(let own, let permissions):
            guard let organization else { throw Refusal.notFound }
            guard organization.id == own.id else {
                recordViolation("the token of the installation on \(own.login)", call)
                throw Refusal.notFound
            }
            guard permissions[permission] != nil else { throw Refusal.notAccessible }
            return organization
        case .person(let person):
            guard let organization, let installation = organization.installation,
                organization.member(person.id) != nil
            else { throw Refusal.notFound }
            guard installation.suspendedAt == nil else { throw Self.suspended }
            guard installation.permissions[permission] != nil else { throw Refusal.notAccessible }
            guard organization.isOwned(by: person.id) else {
                throw Refusal(403, "You must be an organization owner to access this resource.")
            }
            return organization
        }
    }
}
