import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension GitHubClient {
    /// Sends a request to GitHub's API and retries it when that may help.
    ///
    /// - Parameters:
    ///   - read: Reads a response with a status from 200 to 299. GraphQL reports errors with such a
    ///     status too, so a failure that this closure throws is retried like any other.
    /// - Throws: The failure that ``RefusalTable`` assigns to any other status, or what `read` or
    ///   the transport throws.
    func perform<Value>(
        _ request: APIRequest, read: (APIResponse) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await persistently { () async throws(Failure) -> Value in
            let response = try await follow(request)
            guard 200...299 ~= response.status else {
                throw RefusalTable.failure(for: response, to: request, at: clock.now())
            }
            return try read(response)
        }
    }

    /// Sends a request once and follows redirects, which GitHub uses for renamed resources.
    ///
    /// It does not follow a redirect to another host, because the token would be sent there.
    func follow(_ request: APIRequest) async throws(Failure) -> APIResponse {
        let redirectCountMax = 3
        var url = request.url
        for _ in 0...redirectCountMax {
            let response = try await send(request, to: url)
            guard [301, 302, 307].contains(response.status), request.method == "GET",
                let location = response.fields["location"],
                let next = URL(string: location, relativeTo: URL(string: url))?.absoluteString,
                let origin = Origin(next), origin == Origin(url)
            else { return response }
            url = next
        }
        throw Failure(
            .malformedReply, "GitHub keeps redirecting the request for \(request.subject)")
    }

    private func send(_ request: APIRequest, to url: String) async throws(Failure) -> APIResponse {
        let token: Secret
        switch request.caller {
        case .app: token = try appToken()
        case .person(let own), .installation(let own): token = own
        }
        var fields = [
            "accept": "application/vnd.github+json",
            "x-github-api-version": apiVersion,
            "user-agent": Self.userAgent,
        ]
        if !request.body.isEmpty { fields["content-type"] = "application/json" }
        let message = try inTime(
            HTTPClientRequest(
                request.method, url, fields: fields,
                secretFields: ["authorization": Secret(token.reveal { "Bearer \($0)" })],
                body: request.body, timeout: responseTimeout))
        do {
            return try await limiter.pass(request.organization) { () async throws(Failure) in
                let response = try await transport.send(message)
                return APIResponse(
                    status: response.status, fields: response.fields,
                    bytes: try await response.body.bytes())
            }
        } catch  where [.unavailable, .timedOut].contains(error.code) {
            throw Failure(
                error.code,
                """
                GitHub did not respond to the request for \(request.subject): \(error.message). If \
                this persists, check GITHUB_API_URL, the network and the proxy
                """, delay: error.delay)
        }
    }

    /// GitHub wants to know who asks: <https://docs.github.com/en/rest/using-the-rest-api>.
    static let userAgent = ProductVersion.userAgent
}
