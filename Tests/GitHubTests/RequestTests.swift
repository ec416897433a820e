import Domain
import Fakes
import GitHub
import InMemory
import Ports
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A request to GitHub", .timeLimit(.minutes(5)))
struct RequestTests {
    private let user = Result<HTTPClientResponse, Failure>.json(200, #"{"id": 9, "login": "ada"}"#)

    @Test("contains the user agent and the API version, and keeps the token secret")
    func head() async throws {
        let bench = try Bench(answers: user)
        _ = try await bench.client.currentUser(token: AccessToken(Secret("ghu_person")))
        let request = try #require(bench.requests.first)
        #expect(request.url == "https://api.github.com/user")
        #expect(
            request.fields == [
                "accept": "application/vnd.github+json", "user-agent": ProductVersion.userAgent,
                "x-github-api-version": "2026-03-10",
            ])
        #expect(request.secretFields["authorization"]?.reveal { $0 } == "Bearer ghu_person")
        #expect(!"\(request)".contains("ghu_person"))
    }

    @Test("is retried after temporary failures, with a random wait whose limit grows")
    func retry() async throws {
        let bench = try Bench(
            answers: .json(502), .failure(Failure(.timedOut, "no answer")), user)
        #expect(try await bench.client.currentUser(token: token).login == "ada")
        #expect(bench.requests.count == 3)
        let waits = bench.time.sleeps
        #expect(waits.count == 2)
        #expect(zip(waits, [500, 1_000]).allSatisfy { $0 <= .milliseconds($1) })
        #expect(waits.first != waits.last)
    }

    @Test("is retried if the response breaks off")
    func brokenBody() async throws {
        let broken = HTTPClientResponse(
            status: 200,
            body: HTTPBody { () throws(Failure) in throw Failure(.unavailable, "it broke off") })
        let bench = try Bench(answers: .success(broken), user)
        #expect(try await bench.client.currentUser(token: token).id == 9)
    }

    @Test("is sent at most three times")
    func bound() async throws {
        let bench = try Bench(answers: .json(500), .json(500), .json(500))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: token)
        }
        #expect(failure.code == .unavailable)
        #expect(bench.requests.count == 3)
    }

    @Test("waits as long as GitHub asks for, if that is at most 10 s", arguments: ["4", "10"])
    func shortWait(seconds: String) async throws {
        let bench = try Bench(answers: .json(429, "{}", ["retry-after": seconds]), user)
        _ = try await bench.client.currentUser(token: token)
        #expect(bench.time.sleeps == [.seconds(try #require(Int(seconds)))])
    }

    @Test("leaves a long wait to the bus", arguments: [429, 503])
    func longWait(status: Int) async throws {
        let bench = try Bench(answers: .json(status, "{}", ["retry-after": "11"]))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: token)
        }
        #expect(failure.retry == .after(.seconds(11)))
        #expect(bench.time.sleeps.isEmpty)
    }

    @Test("is not retried if that cannot help", arguments: [400, 401, 403, 404, 410, 422])
    func noRetry(status: Int) async throws {
        let bench = try Bench(answers: .json(status))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: token)
        }
        #expect(failure.retry == .never)
        #expect(bench.requests.count == 1)
    }

    @Test(
        "follows redirects to renamed resources",
        arguments: [301, 302, 307, 308], ["https://api.github.com/user/9", "/user/9"])
    func redirect(status: Int, location: String) async throws {
        let bench = try Bench(answers: .json(status, "", ["location": location]), user)
        #expect(try await bench.client.currentUser(token: token).login == "ada")
        #expect(bench.paths == ["GET /user", "GET /user/9"])
    }

    @Test(
        "does not send the token to another host",
        arguments: [
            "https://evil.example/user", "http://api.github.com/user",
            "https://api.github.com:8443/user", #"https://evil.example\@api.github.com/user"#,
            "//evil.example/user", "https://api.github.com@evil.example/",
        ])
    func foreignRedirect(location: String) async throws {
        let bench = try Bench { _ in
            HTTPClientResponse(status: 302, fields: ["location": location], bytes: [])
        }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: token)
        }
        #expect(failure.code == .unavailable)
        #expect(failure.message.contains("proxy or filter"), "\(failure.message)")
        #expect(bench.requests.allSatisfy { $0.url == "https://api.github.com/user" })
    }

    @Test("fails after too many redirects")
    func circle() async throws {
        let bench = try Bench { _ in
            HTTPClientResponse(status: 302, fields: ["location": "/user"], bytes: [])
        }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: token)
        }
        #expect(failure.code == .unavailable)
        #expect(failure.message.contains("proxy or filter"), "\(failure.message)")
        #expect(bench.requests.count == 3 * 4)
    }

    @Test(
        "of the App contains a signed token that is valid for less than ten minutes",
        arguments: ["42", ""])
    func appToken(appID: String) async throws {
        let bench = try Bench(appID: appID) { _ in
            HTTPClientResponse(
                status: 201,
                bytes: Array(
                    #"""
                    {"token": "ghs_42_a.b.c", "expires_at": "2026-11-22T13:00:00Z",
                     "permissions": {"members": "read"}, "repository_selection": "all"}
                    """#.utf8))
        }
        let token = try await bench.client.installationToken(InstallationID(555))
        #expect(token.token.secret.reveal { $0 } == "ghs_42_a.b.c")
        #expect(token.expires == Bench.noon.advanced(by: .seconds(3_600)))
        #expect(token.token.permissions == ["members": "read"])
        #expect(bench.paths == ["POST /app/installations/555/access_tokens"])

        let field = bench.requests.first?.secretFields["authorization"]
        let parts = try #require(field).reveal { $0.dropFirst(7).split(separator: ".") }
        #expect(parts.count == 3)
        #expect(try text(parts[0]) == #"{"alg":"RS256","typ":"JWT"}"#)
        let now = Bench.noon.seconds
        let issuer = appID.isEmpty ? "Iv1.example" : "42"
        #expect(
            try text(parts[1]) == #"{"exp":\#(now + 540),"iat":\#(now - 60),"iss":"\#(issuer)"}"#)
        #expect(try text(parts[2]) == String("\(parts[0]).\(parts[1])".reversed()))
    }

    @Test("accepts an installation token without an expiry")
    func tokenWithoutEnd() async throws {
        let bench = try Bench(answers: .json(201, #"{"token": "ghs_x"}"#))
        let token = try await bench.client.installationToken(InstallationID(555))
        #expect(token.token.secret.reveal { $0 } == "ghs_x")
        #expect(token.expires == nil)
    }

    /// Decodes a part of a token: base64url without padding.
    private func text(_ part: Substring) throws -> String {
        let plain = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return String(decoding: try #require(Data(base64Encoded: plain + padding)), as: UTF8.self)
    }
}
