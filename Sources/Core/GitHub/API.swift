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
    ///   - read: Reads a response that is not a refusal.
    /// - Throws: The failure that the table of the API assigns to a refusal, or what `read` or the
    ///   transport throws.
    func perform<Value>(
        _ request: APIRequest, read: (APIResponse) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        do throws(Refusal) {
            return try await persistently { () async throws(Refusal) -> Value in
                try await performOnce(request, read: read)
            }
        } catch {
            throw error.failure
        }
    }

    /// Sends a request to GitHub's API once, or a few times if its token was just issued.
    func performOnce<Value>(
        _ request: APIRequest, read: (APIResponse) throws(Failure) -> Value
    ) async throws(Refusal) -> Value {
        try await patiently(request) { () async throws(Refusal) -> Value in
            let result: Result<Value, Refusal>
            do throws(Failure) {
                let response = try await follow(request)
                if let refusal = refusal(in: response, to: request) {
                    result = .failure(refusal)
                } else {
                    result = .success(try read(response))
                }
            } catch {
                throw Refusal(error)
            }
            return try result.get()
        }
    }

    /// What a response stands for if it refuses the request.
    private func refusal(in response: APIResponse, to request: APIRequest) -> Refusal? {
        let response = response.withRestoredStatus
        guard 200...299 ~= response.status, !response.isPage else {
            let refusal = RefusalTable.refusal(for: response, to: request, at: clock.now())
            guard case .biller(let enterprise) = request.caller else { return refusal }
            return EnterpriseRefusals.reworded(refusal, response, enterprise)
        }
        // GraphQL reports refusals with status 200.
        return request.url == endpoints.graphql
            ? GraphQLRefusals.refusal(in: response, to: request, at: clock.now()) : nil
    }

    /// Sends a request once and follows redirects, which GitHub uses for renamed resources.
    ///
    /// It does not follow a redirect to another host, because the token would be sent there.
    ///
    /// - Returns: The response, which is a redirect if that is not followed.
    func follow(_ request: APIRequest) async throws(Failure) -> APIResponse {
        var url = request.url
        var redirectsLeft = 3
        while true {
            let response = try await send(request, to: url)
            guard redirectsLeft > 0, [301, 302, 307, 308].contains(response.status),
                request.method == "GET",
                let location = response.fields["location"],
                let next = URL(string: location, relativeTo: URL(string: url))?.absoluteString,
                let origin = Origin(next), origin == Origin(url)
            else { return response }
            url = next
            redirectsLeft -= 1
        }
    }

    private func send(_ request: APIRequest, to url: String) async throws(Failure) -> APIResponse {
        let token: Secret
        switch request.caller {
        case .app: token = try appToken()
        case .person(let own), .installation(let own): token = own.secret
        case .biller(let enterprise): token = enterprise.token
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
            return try await limiter.pass(request.limitedKind) { () async throws(Failure) in
                RequestMeter.current?.begin()
                let response = try await transport.send(message)
                RequestMeter.current?.note(response.fields)
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
