public import Domain
import Ports

/// A GitHub App with its credentials, which GitHub reveals once.
public struct AppRegistration: Sendable {
    /// The App ID.
    public var id: Int64
    /// The App's name in URLs.
    public var slug: String
    /// The client ID of the authorization flow.
    public var clientID: String
    /// The client secret.
    public var clientSecret: Secret
    /// The private key, PEM.
    public var privateKey: Secret
    /// The login of the account that owns the App, or the slug of the enterprise.
    public var owner: String?

    /// Collects the properties of an App.
    public init(
        id: Int64, slug: String, clientID: String, clientSecret: Secret, privateKey: Secret,
        owner: String?
    ) {
        self.id = id
        self.slug = slug
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.privateKey = privateKey
        self.owner = owner
    }

    /// The failure of an App that GitHub made, but whose credentials are of no use.
    ///
    /// GitHub reveals them once, so there is nothing to wait for.
    public static func unusable(_ why: String) -> Failure {
        Failure(
            .malformedReply,
            """
            GitHub made the App, but its response \(why). Delete the new App on GitHub and begin again. \
            If this persists, check for a proxy, or for a newer version of copilot-usage
            """)
    }
}

extension GitHubClient {
    /// Exchanges the code of a manifest for the App that GitHub made from it.
    ///
    /// The request is never repeated, because a code works once. It needs no authorization. Source:
    /// <https://docs.github.com/en/rest/apps/apps>, "Create a GitHub App from a manifest".
    ///
    /// - Throws: `invalidAuthorization` if GitHub does not accept the code, `malformedReply` if the
    ///   response lacks a credential, or what the transport throws.
    public func redeemManifest(code: Secret) async throws(Failure) -> AppRegistration {
        let code = try code.reveal { text throws(Failure) in
            // It becomes a part of the path, where other characters would lead elsewhere.
            guard text.wholeMatch(of: /[0-9A-Za-z_-]{1,200}/) != nil else {
                throw Failure(
                    .invalidAuthorization, "the address contains no code of a new App from GitHub")
            }
            return text
        }
        let request = APIRequest(
            method: "POST", url: "\(endpoints.api)/app-manifests/\(code)/conversions", caller: .app,
            subject: "the new GitHub App", missing: Self.wrongManifestCode)
        let response = try await redeem(request)
        switch response.status {
        // Nothing is said about the code.
        case _ where response.isPage: break
        case 200...299: return try Self.registration(in: response)
        case 404, 422: throw Failure(.invalidAuthorization, Self.wrongManifestCode)
        default: break
        }
        throw RefusalTable.refusal(for: response, to: request, at: clock.now()).failure
    }

    private static let wrongManifestCode = """
        GitHub does not accept the code of the new App: it was used already, or is older than an hour
        """

    private func redeem(_ request: APIRequest) async throws(Failure) -> APIResponse {
        var message = HTTPClientRequest(
            request.method, request.url,
            fields: [
                "accept": "application/vnd.github+json", "x-github-api-version": apiVersion,
                "user-agent": Self.userAgent,
            ], timeout: responseTimeout)
        message.isOnce = true
        do {
            let received = try await transport.send(message)
            return APIResponse(
                status: received.status, fields: received.fields,
                bytes: try await received.body.bytes())
        } catch  where [.unavailable, .timedOut].contains(error.code) {
            throw Failure(
                error.code, "GitHub did not respond to the request for the new App",
                delay: error.delay)
        }
    }

    private static func registration(in response: APIResponse) throws(Failure) -> AppRegistration {
        struct Owner: Decodable {
            var login: String?
            var slug: String?
        }
        struct Content: Decodable {
            var id: Int64
            var slug: String
            var client_id: String
            var client_secret: String
            var pem: String
            var owner: Tolerant<Owner>?
        }
        guard !response.isBlank else {
            throw Failure(.unavailable, "GitHub's response about the new GitHub App is empty")
        }
        guard let content = try? response.decoded(as: Content.self, ""), content.id > 0,
            AppIdentity.isSlug(content.slug), content.pem.contains("PRIVATE KEY"),
            // Both are sent to GitHub as they are.
            [content.client_id, content.client_secret].allSatisfy(AccessToken.isSendable)
        else { throw AppRegistration.unusable("lacks a credential, or has one in another form") }
        let owner = content.owner?.value
        return AppRegistration(
            id: content.id, slug: content.slug, clientID: content.client_id,
            clientSecret: Secret(content.client_secret), privateKey: Secret(content.pem),
            owner: owner?.login ?? owner?.slug)
    }
}
