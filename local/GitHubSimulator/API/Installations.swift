import Domain
import Toolbox

/// The App itself and its installations.
extension SimulatedGitHub {
    /// `GET /app`.
    func app(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        try requireApp(request)
        guard let app else { throw ErrorResponse.notFound }
        return .json(
            200,
            .object([
                "id": .integer(app.id), "slug": .string(app.slug),
                "client_id": .string(app.clientID), "name": .string(app.slug),
                "permissions": Self.json(app.permissions),
                "events": .array([]),
                "installations_count": .integer(Int64(installations { _ in true }.count)),
            ]))
    }

    /// `GET /app/installations`.
    func appInstallations(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        try requireApp(request)
        let all = installations { _ in true }
        let paging = Paging(request.query)
        var response = SimulatedResponse.json(200, .array(Array(paging.elements(of: all))))
        response.fields["link"] = paging.links(count: all.count, address: address(of: request))
        return response
    }

    /// `GET /app/installations/{installation}`.
    func appInstallation(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        try requireApp(request)
        return try installation(
            Int64(request.parameter("installation")).flatMap(world.organization))
    }

    /// `GET /orgs/{org}/installation`.
    func organizationInstallation(
        _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        try requireApp(request)
        return try installation(world.organization(request.parameter("org")))
    }

    private func installation(
        _ organization: SimulatedOrganization?
    ) throws(ErrorResponse) -> SimulatedResponse {
        guard let organization, let installation = organization.installation else {
            throw ErrorResponse.notFound
        }
        return .json(200, json(installation, on: organization))
    }

    /// `POST /app/installations/{installation}/access_tokens`: a token that is valid for an hour.
    func installationToken(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        try requireApp(request)
        guard let id = Int64(request.parameter("installation")),
            let installation = world.organization(installation: id)?.installation
        else { throw ErrorResponse.notFound }
        guard installation.suspendedAt == nil else { throw Self.suspended }
        var permissions = installation.permissions
        if !request.body.isEmpty {
            guard let body = request.json else { throw ErrorResponse(400, "Problems parsing JSON") }
            if case .object(let asked)? = body["permissions"] {
                guard asked.allSatisfy({ permissions[$0.key] == $0.value.text }) else {
                    throw ErrorResponse(
                        422, "The permissions requested are not granted to this installation.")
                }
                permissions = asked.compactMapValues(\.text)
            }
        }
        let expires = Timestamp(seconds: request.moment.seconds + 3_600)
        let token = makeInstallationToken(id, permissions: permissions, expires: expires)
        return .json(
            201,
            .object([
                "token": .string(token), "expires_at": .string(expires.description),
                "permissions": Self.json(permissions), "repository_selection": .string("all"),
            ]))
    }

    /// The installations on the organizations that `isSeen` accepts and on all other accounts, as JSON.
    func installations(where isSeen: (SimulatedOrganization) -> Bool) -> [JSONValue] {
        let world = world
        let own = world.organizations.filter(isSeen).compactMap { organization in
            organization.installation.map { json($0, on: organization) }
        }
        let others = world.otherInstallations.map { other in
            json(
                SimulatedInstallation(id: other.id), login: other.login, accountID: other.accountID,
                target: other.target.rawValue)
        }
        return own + others
    }

    private func json(
        _ installation: SimulatedInstallation, on organization: SimulatedOrganization
    ) -> JSONValue {
        json(
            installation, login: organization.login, accountID: organization.id,
            target: "Organization")
    }

    private func json(
        _ installation: SimulatedInstallation, login: String, accountID: Int64, target: String
    ) -> JSONValue {
        // An enterprise account has a slug where the others have a login.
        let name = target == "Enterprise" ? "slug" : "login"
        var account: [String: JSONValue] = ["id": .integer(accountID), name: .string(login)]
        if target != "Enterprise" { account["type"] = .string(target) }
        return .object([
            "id": .integer(installation.id), "account": .object(account),
            "target_type": .string(target), "target_id": .integer(accountID),
            "app_id": .integer(app?.id ?? 0), "app_slug": .string(app?.slug ?? ""),
            "permissions": Self.json(installation.permissions), "events": .array([]),
            "repository_selection": .string("all"),
            "suspended_at": installation.suspendedAt.map { .string($0.description) } ?? .null,
            "suspended_by": .null,
        ])
    }

    private static func json(_ permissions: [String: String]) -> JSONValue {
        .object(permissions.mapValues { .string($0) })
    }
}
