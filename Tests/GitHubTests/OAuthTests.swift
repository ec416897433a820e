import Domain
import GitHub
import OpenSSLCrypto
import Ports
import Testing

@Suite("A person's authorization", .timeLimit(.minutes(5)))
struct OAuthTests {
    private let pair = Result<HTTPClientResponse, Failure>.json(
        200,
        #"""
        {"access_token": "ghu_new", "expires_in": 28800, "refresh_token": "ghr_new",
         "refresh_token_expires_in": 15897600, "scope": "", "token_type": "bearer"}
        """#)
    private let callback = "https://usage.example/authorize/callback"

    @Test("begins at a URL with the PKCE challenge and no secret")
    func address() throws {
        let bench = try Bench(answers: pair)
        // The example of RFC 7636, appendix B.
        let url = bench.client.authorizeURL(
            state: "af0ifjsldkj", verifier: Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            redirectURI: callback)
        #expect(
            url == """
                https://github.com/login/oauth/authorize?client_id=Iv1.example\
                &redirect_uri=https://usage.example/authorize/callback&state=af0ifjsldkj\
                &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
                &code_challenge_method=S256&allow_signup=false
                """)
    }

    @Test("exchanges a code with the PKCE verifier, and computes when the tokens expire")
    func exchange() async throws {
        let bench = try Bench(answers: pair)
        let tokens = try await bench.client.exchange(
            code: Secret("c0de+&"), verifier: Secret("proof"), redirectURI: callback)
        #expect(tokens.access.secret.reveal { $0 } == "ghu_new")
        #expect(tokens.refresh?.reveal { $0 } == "ghr_new")
        #expect(tokens.accessExpires == Bench.noon.advanced(by: .seconds(28_800)))
        #expect(tokens.refreshExpires == Bench.noon.advanced(by: .seconds(15_897_600)))

        let request = try #require(bench.requests.first)
        #expect(request.url == "https://github.com/login/oauth/access_token")
        #expect(request.fields["accept"] == "application/json")
        #expect(request.isOnce)
        #expect(
            request.form == [
                "client_id": "Iv1.example", "client_secret": "app-secret",
                "code": "c0de%2B%26", "code_verifier": "proof",
                "redirect_uri": "https://usage.example/authorize/callback",
            ])
    }

    @Test(
        "is renewed soon, and kept, if GitHub sends a nonsensical lifetime",
        arguments: [
            "9223372036854775807", "-9223372036854775808", "9223372036854775", "1000000000000",
            "253402300799", "-1", "0", "0.5", "1e300", #""nan""#, #""inf""#, #""""#, "true", "[]",
            "{}", #""8 h""#,
        ])
    func oddExpiry(text: String) async throws {
        let tokens = try await Self.refreshed(lifetime: text)
        #expect(tokens.refresh?.reveal { $0 } == "ghr_x")
        #expect(tokens.accessExpires == Bench.noon)
        // Taken for expired, the refresh token would not be tried.
        #expect(tokens.refreshExpires == nil)
    }

    @Test(
        "expires as GitHub says, in whatever form it writes the number",
        arguments: [
            ("28800", 28_800), ("28800.9", 28_800), ("2.88e4", 28_800), (#""28800""#, 28_800),
        ])
    func writtenExpiry(text: String, seconds: Int) async throws {
        let tokens = try await Self.refreshed(lifetime: text)
        let expiry = Bench.noon.advanced(by: .seconds(seconds))
        #expect(tokens.accessExpires == expiry && tokens.refreshExpires == expiry)
    }

    private static func refreshed(lifetime text: String) async throws -> UserTokens {
        let bench = try Bench(
            answers: .json(
                200,
                #"""
                {"access_token": "ghu_x", "expires_in": \#(text), "refresh_token": "ghr_x",
                 "refresh_token_expires_in": \#(text)}
                """#))
        return try await bench.client.refresh(Secret("ghr_old"))
    }

    @Test("accepts tokens that do not expire")
    func withoutExpiry() async throws {
        let bench = try Bench(
            answers: .json(200, #"{"access_token": "ghu_x", "token_type": "bearer"}"#))
        let tokens = try await bench.client.refresh(Secret("ghr_old"))
        #expect(tokens.accessExpires == nil)
        #expect(tokens.refresh == nil)
    }

    @Test(
        "fails by the error in the body, whatever the status",
        arguments: [
            ("bad_refresh_token", Failure.Code.unauthorized, "Authorize again"),
            ("bad_verification_code", .invalidAuthorization, "Begin again"),
            ("incorrect_client_credentials", .misconfigured, "GITHUB_APP_CLIENT_SECRET"),
            ("redirect_uri_mismatch", .misconfigured, "https://usage.example/authorize/callback"),
            ("redirect_uri_mismatch", .misconfigured, "PUBLIC_URL"),
            ("unverified_user_email", .forbidden, "verify"),
            ("application_suspended", .suspended, "suspended"),
            ("something_new", .invalidAuthorization, "Begin again"),
        ], [200, 400])
    func refused(row: (error: String, code: Failure.Code, advice: String), status: Int) async throws
    {
        let bench = try Bench(
            answers: .json(
                status, #"{"error": "\#(row.error)", "error_description": "mail a@b.example"}"#))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.exchange(
                code: Secret("code"), verifier: Secret("proof"), redirectURI: callback)
        }
        #expect(failure.code == row.code)
        #expect(failure.message.contains(row.advice), "\(failure.message)")
        #expect(!failure.message.contains("@"))
    }

    @Test(
        "never retries a refresh, because the first request may have used the old token",
        arguments: [
            Result<HTTPClientResponse, Failure>.json(503), .json(429, "{}", ["retry-after": "1"]),
            .failure(Failure(.timedOut, "no answer")),
            .failure(Failure(.unavailable, "it broke off")),
        ])
    func once(answer: Result<HTTPClientResponse, Failure>) async throws {
        let bench = try Bench(answers: answer)
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.refresh(Secret("ghr_old"))
        }
        #expect(failure.retry != .never)
        #expect(bench.requests.count == 1)
        let form = try #require(bench.requests.first).form
        #expect(form["grant_type"] == "refresh_token")
        #expect(form["refresh_token"] == "ghr_old")
    }

    /// Responses that bring no tokens, what each stands for, and words that say what to do.
    static let fruitless: [(Reply, Failure.Code, String)] = [
        (Reply(text: ""), .unavailable, "proxy"),
        (Reply(text: " \n"), .unavailable, "proxy"),
        (Reply(text: "[]"), .malformedReply, "GITHUB_SERVER_URL"),
        (Reply(text: "null"), .malformedReply, "GITHUB_SERVER_URL"),
        (Reply(text: #"{"access_token": "ghu_x", "refr"#), .malformedReply, "proxy"),
        (Reply(text: #"{"access_token": ""}"#), .malformedReply, "proxy"),
        (Reply(text: #"{"access_token": null}"#), .malformedReply, "proxy"),
        (Reply(text: #"{"access_token": 5}"#), .malformedReply, "proxy"),
        (Reply(text: #"{"access_token": ["ghu_x"]}"#), .malformedReply, "proxy"),
        (Reply(text: #"{"error": "", "access_token": ""}"#), .malformedReply, "proxy"),
        (Reply(text: #"{"message": "Server Error"}"#), .malformedReply, "proxy"),
        (Reply(text: "access_token=ghu_x"), .malformedReply, "proxy"),
        // What could not be sent afterwards.
        (Reply(text: #"{"access_token": "ghu_x\r\nhost: y"}"#), .malformedReply, "cannot be sent"),
        (Reply(text: #"{"access_token": "ghu x"}"#), .malformedReply, "cannot be sent"),
        (Reply(text: #"{"access_token": "ghu_\u0000"}"#), .malformedReply, "cannot be sent"),
        (Reply(text: #"{"access_token": "ghu_\u00e4"}"#), .malformedReply, "cannot be sent"),
        (
            Reply(text: #"{"access_token": "ghu_x", "refresh_token": "ghr\t"}"#), .malformedReply,
            "cannot be sent"
        ),
        (
            Reply(text: #"{"access_token": "\#(String(repeating: "x", count: 100_000))"}"#),
            .malformedReply, "too long"
        ),
        // An error counts, whatever comes with it.
        (
            Reply(text: #"{"error": "bad_refresh_token", "access_token": "ghu_x"}"#),
            .unauthorized, "Authorize again"
        ),
        (
            Reply(text: "error=bad_refresh_token&error_description=x", fields: form),
            .unauthorized, "Authorize again"
        ),
        (Reply(text: #"{"error": "new_word"}"#), .invalidAuthorization, "(new_word). Begin again"),
        (Reply(text: #"{"error": "a@b <c>"}"#), .invalidAuthorization, "authorization. Begin"),
        // Errors that others than the token endpoint send, which say nothing about the authorization.
        (Reply(status: 503, text: #"{"error": "unavailable"}"#), .unavailable, "at the moment"),
        (Reply(status: 500, text: #"{"error": 500}"#), .unavailable, "at the moment"),
        (Reply(status: 408, text: ""), .unavailable, "at the moment"),
        (Reply(status: 401, text: #"{"message": "no"}"#), .malformedReply, "GITHUB_SERVER_URL"),
        (Reply(status: 302, text: "", fields: ["location": "/x"]), .unavailable, "a redirect"),
        (Reply(status: 308, text: ""), .unavailable, "GITHUB_SERVER_URL"),
        (Reply(status: 204, text: ""), .malformedReply, "status 204"),
        (Reply(status: 429, text: #"{"error": "slow"}"#), .rateLimited, "tried again"),
    ]

    private static let form = ["content-type": "application/x-www-form-urlencoded; charset=utf-8"]

    @Test("says what to do if the response contains no tokens", arguments: fruitless)
    func withoutTokens(reply: Reply, code: Failure.Code, words: String) async throws {
        let bench = try Bench(answers: .success(reply.response))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.refresh(Secret("ghr_old"))
        }
        #expect(failure.code == code)
        #expect(failure.message.contains(words), "\(failure.message)")
        #expect(!failure.message.contains("ghu"))
        #expect(bench.requests.count == 1)
    }

    @Test("takes tokens from a form, in case the accept header was lost on the way")
    func formReply() async throws {
        let reply = Reply(
            text: "access_token=ghu_x&expires_in=28800&refresh_token=ghr%5Fx&scope=",
            fields: Self.form)
        let bench = try Bench(answers: .success(reply.response))
        let tokens = try await bench.client.refresh(Secret("ghr_old"))
        #expect(tokens.access.secret.reveal { $0 } == "ghu_x")
        #expect(tokens.refresh?.reveal { $0 } == "ghr_x")
        #expect(tokens.accessExpires == Bench.noon.advanced(by: .seconds(28_800)))
        #expect(tokens.refreshExpires == nil)
    }

    @Test(
        "is kept although members beside the tokens are odd",
        arguments: [
            #""error": null"#, #""error": """#, #""error": 5"#, #""scope": 5"#,
            #""refresh_token": """#, #""refresh_token": null"#, #""expires_in": null"#,
            #""expires_in": "x""#, #""expires_in": -1"#,
        ])
    func oddMembers(member: String) async throws {
        let bench = try Bench(answers: .json(200, #"{"access_token": "ghu_x", \#(member)}"#))
        let tokens = try await bench.client.refresh(Secret("ghr_old"))
        #expect(tokens.access.secret.reveal { $0 } == "ghu_x")
        #expect(tokens.refresh == nil && tokens.accessExpires == nil)
    }

    @Test(
        "is in doubt if the response does not arrive whole, so it is asked for once",
        arguments: [
            Failure(.unavailable, "the connection broke off"), Failure(.timedOut, "it stalled"),
            Failure(.malformedReply, "the packed reply is damaged"),
            Failure(.limitExceeded, "the response is larger than 4 MiB"),
        ])
    func brokenBody(failure broken: Failure) async throws {
        let bench = try Bench { _ in
            HTTPClientResponse(
                status: 200, body: HTTPBody { () async throws(Failure) in throw broken })
        }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.exchange(
                code: Secret("code"), verifier: nil, redirectURI: callback)
        }
        #expect(failure == broken)
        #expect(bench.requests.count == 1)
    }

    @Test("names the App's settings if GitHub does not know the App")
    func unknownApp() async throws {
        let bench = try Bench(answers: .json(404, "Not Found"))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.refresh(Secret("ghr_old"))
        }
        #expect(failure.code == .misconfigured)
        #expect(failure.message.contains("GITHUB_APP_CLIENT_ID"))
    }
}
