import Domain

/// The person of a user token.
extension SimulatedGitHub {
    /// `GET /user`.
    func user(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let person = try requirePerson(request)
        return .json(
            200,
            .object([
                "login": .string(person.login), "id": .integer(person.id),
                "type": .string("User"), "name": person.name.map { .string($0) } ?? .null,
            ]))
    }

    /// `GET /user/memberships/orgs/{org}`, which needs the App's "Members" permission on the organization.
    func membership(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let person = try requirePerson(request)
        guard let organization = world.organization(request.parameter("org")),
            let member = organization.member(person.id)
        else { throw ErrorResponse.notFound }
        guard let installation = organization.installation, installation.suspendedAt == nil,
            installation.permissions["members"] != nil
        else { throw ErrorResponse.notAccessible }
        return .json(200, Self.membership(of: person, in: organization, isOwner: member.isOwner))
    }

    /// `GET /user/memberships/orgs`: the memberships in organizations that granted the App "Members".
    func memberships(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let person = try requirePerson(request)
        let found = world.organizations.compactMap { organization -> JSONValue? in
            guard let member = organization.member(person.id),
                let installation = organization.installation, installation.suspendedAt == nil,
                installation.permissions["members"] != nil
            else { return nil }
            return Self.membership(of: person, in: organization, isOwner: member.isOwner)
        }
        let paging = Paging(request.query)
        var response = SimulatedResponse.json(200, .array(Array(paging.elements(of: found))))
        response.fields["link"] = paging.links(count: found.count, address: address(of: request))
        return response
    }

    private static func membership(
        of person: Person, in organization: SimulatedOrganization, isOwner: Bool
    ) -> JSONValue {
        .object([
            "state": .string("active"), "role": .string(isOwner ? "admin" : "member"),
            "organization": .object([
                "login": .string(organization.login), "id": .integer(organization.id),
            ]),
            "user": .object(["login": .string(person.login), "id": .integer(person.id)]),
        ])
    }

    /// `GET /user/installations`: the installations that the person can see as a member or owner.
    func userInstallations(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let person = try requirePerson(request)
        let seen = installations { $0.member(person.id) != nil }
        let paging = Paging(request.query)
        var response = SimulatedResponse.json(
            200,
            .object([
                "total_count": .integer(Int64(seen.count)),
                "installations": .array(Array(paging.elements(of: seen))),
            ]))
        response.fields["link"] = paging.links(count: seen.count, address: address(of: request))
        return response
    }

    private func requirePerson(_ request: SimulatedRequest) throws(ErrorResponse) -> Person {
        guard case .person(let person) = try caller(request) else {
            throw ErrorResponse.notAccessible
        }
        return person
    }
}
