import Domain

/// What GitHub tells about the person behind a user token.
extension SimulatedGitHub {
    /// `GET /user`.
    func user(_ call: Call) throws(Refusal) -> Answer {
        let person = try requirePerson(call)
        return .json(
            200,
            .object([
                "login": .string(person.login), "id": .integer(person.id),
                "type": .string("User"), "name": person.name.map { .string($0) } ?? .null,
            ]))
    }

    /// `GET /user/memberships/orgs/{org}`, which needs the App's "Members" permission there.
    func membership(_ call: Call) throws(Refusal) -> Answer {
        let person = try requirePerson(call)
        guard let organization = world.organization(call.parameter("org")),
            let member = organization.member(person.id)
        else { throw Refusal.notFound }
        guard let installation = organization.installation, installation.suspendedAt == nil,
            installation.permissions["members"] != nil
        else { throw Refusal.notAccessible }
        return .json(
            200,
            .object([
                "state": .string("active"),
                "role": .string(member.isOwner ? "admin" : "member"),
                "organization": .object([
                    "login": .string(organization.login), "id": .integer(organization.id),
                ]),
                "user": .object(["login": .string(person.login), "id": .integer(person.id)]),
            ]))
    }

    /// `GET /user/installations`: what the person can see, whether they own it or not.
    func userInstallations(_ call: Call) throws(Refusal) -> Answer {
        let person = try requirePerson(call)
        let seen = installations { $0.member(person.id) != nil }
        let paging = Paging(call.query)
        var answer = Answer.json(
            200,
            .object([
                "total_count": .integer(Int64(seen.count)),
                "installations": .array(Array(paging.elements(of: seen))),
            ]))
        answer.fields["link"] = paging.links(count: seen.count, address: address(of: call))
        return answer
    }

    private func requirePerson(_ call: Call) throws(Refusal) -> Person {
        guard case .person(let person) = try caller(call) else {
            throw Refusal.notAccessible
        }
        return person
    }
}
