import Domain
import Toolbox

extension SimulatedGitHub {
    /// Checks that the caller may read data of the organization in the path.
    ///
    /// - Parameters:
    ///   - permission: The permission that the App needs on the organization.
    /// - Throws: 404 if the caller may not know the organization, 403 if it may not read the data.
    func requireAccess(
        _ request: SimulatedRequest, permission: String
    ) throws(ErrorResponse) -> SimulatedOrganization {
        let organization = world.organization(request.parameter("org"))
        switch try caller(request) {
        case .app:
            recordViolation(
                "the App's JSON Web Token instead of an installation token", request)
            throw Self.badCredentials
        case .installation(let own, let permissions):
            guard let organization else { throw ErrorResponse.notFound }
            guard organization.id == own.id else {
                recordViolation("a token of the installation on \(own.login)", request)
                throw ErrorResponse.notFound
            }
            guard permissions[permission] != nil else { throw ErrorResponse.notAccessible }
            return organization
        case .personal:
            recordViolation("a personal token instead of an installation token", request)
            throw ErrorResponse.notFound
        case .person(let person):
            guard let organization, let installation = organization.installation,
                organization.member(person.id) != nil
            else { throw ErrorResponse.notFound }
            guard installation.suspendedAt == nil else { throw Self.suspended }
            guard installation.permissions[permission] != nil else {
                throw ErrorResponse.notAccessible
            }
            guard organization.isOwned(by: person.id) else {
                throw ErrorResponse(
                    403, "You must be an organization owner to access this resource.")
            }
            return organization
        }
    }
}
