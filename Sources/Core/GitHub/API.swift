import Toolbox
import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension GitHubClient {
    /// Asks GitHub's API, again if it may help.
    ///
    /// - Parameters:
    ///   - question: What to ask.
    ///   - read: Reads an answer with a status from 200 to 299. GraphQL refuses with such a status
    ///     too, so what this throws may be tried again like any other failure.
    /// - Returns: What was read.
    /// - Throws: What ``Refusal`` makes of any other status, or what `read` or the transport throws.
    func ask<Result>(
        _ question: Question, read: (Answer) throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        try await persistently { () async throws(Failure) -> Result in
            let answer = try await follow(question)
            guard 200...299 ~= answer.status else {
                throw Refusal.failure(for: answer, to: question, at: clock.now())
            }
            return try read(answer)
        }
    }

    /// Sends once and follows redirects, which GitHub uses for what was renamed.
    ///
    /// A redirect to another host is not followed: it would take the token along.
    func follow(_ question: Question) async throws(Failure) -> Answer {
        let redirectCountMax = 3
        var url = question.url
        for _ in 0...redirectCountMax {
            let answer = try await send(question, to: url)
            guard [301, 302, 307].contains(answer.status), question.method == "GET",
                let location = answer.fields["location"],
                let next = URL(string: location, relativeTo: URL(string: url))?.absoluteString,
                let origin = Origin(next), origin == Origin(url)
            else { return answer }
            url = next
        }
        throw Failure(.malformedReply, "GitHub redirects \(question.subject) in a circle")
    }

    private func send(_ question: Question, to url: String) async throws(Failure) -> Answer {
        let token: Secret
        switch question.caller {
        case .app: token = try appToken()
        case .person(let own), .installation(let own): token = own
        }
        var fields = [
            "accept": "application/vnd.github+json",
            "x-github-api-version": apiVersion,
            "user-agent": Self.userAgent,
        ]
        if !question.body.isEmpty { fields["content-type"] = "application/json" }
        let request = try inTime(
            HTTPClientRequest(
                question.method, url, fields: fields,
                secretFields: ["authorization": Secret(token.reveal { "Bearer \($0)" })],
                body: question.body, timeout: responseTimeout))
        do {
            return try await turnstile.pass(question.organization) { () async throws(Failure) in
                let reply = try await transport.send(request)
                return Answer(
                    status: reply.status, fields: reply.fields,
                    bytes: try await reply.body.bytes())
            }
        } catch  where [.unavailable, .timedOut].contains(error.code) {
            throw Failure(
                error.code,
                """
                GitHub does not answer for \(question.subject): \(error.message); if it never does, \
                check GITHUB_API_URL, the network and the proxy
                """, delay: error.delay)
        }
    }

    /// GitHub wants to know who asks: <https://docs.github.com/en/rest/using-the-rest-api>.
    static let userAgent = ProductVersion.userAgent
}
