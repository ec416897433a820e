import Domain
import GitHub
import Ports
import Testing
import Toolbox

/// An error response of GitHub, the failure it stands for, and a part of the message.
struct RefusalCase: CustomTestStringConvertible {
    let status: Int
    var message = ""
    var fields: [String: String] = [:]
    let code: Failure.Code
    var advice = ""
    var delay: Duration?

    var testDescription: String { "\(status) \(message) \(fields.keys.sorted())" }
}

@Suite("An error response of GitHub", .timeLimit(.minutes(5)))
struct RefusalTests {
    // swift-format-ignore
    static let cases = [
        RefusalCase(status: 400, code: .malformedReply, advice: "newer version"),
        RefusalCase(status: 401, message: "Bad credentials", code: .unauthorized, advice: "uninstalled"),
        RefusalCase(status: 403, message: "The 'Copilot usage metrics' policy must be enabled to use this API", code: .policyOff, advice: "Enabled everywhere"),
        RefusalCase(status: 403, message: "Resource not accessible by integration", code: .forbidden, advice: #""Organization Copilot metrics: read" (organization_copilot_metrics) on acme"#),
        RefusalCase(status: 403, message: "This installation has been suspended", code: .suspended, advice: "unsuspend"),
        RefusalCase(status: 403, message: "Resource protected by organization SAML enforcement.", code: .forbidden, advice: "single sign-on"),
        RefusalCase(status: 403, message: "Forbidden", fields: ["x-github-sso": "required"], code: .forbidden, advice: "single sign-on"),
        RefusalCase(status: 403, message: "Although you appear to have the correct authorization credentials, the organization has an IP allow list enabled", code: .forbidden, advice: "IP allow list"),
        RefusalCase(status: 403, message: "Must be an organization owner", code: .forbidden, advice: "owner of acme"),
        RefusalCase(status: 403, message: "You have exceeded a secondary rate limit. Please wait.", code: .rateLimited, advice: "wait 60 s before requesting the report users-1-day", delay: .seconds(60)),
        RefusalCase(status: 403, message: "API rate limit exceeded for installation ID 555.", fields: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795349100"], code: .rateLimited, advice: "wait 5 min", delay: .seconds(300)),
        RefusalCase(status: 403, fields: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1795349100"], code: .rateLimited, delay: .seconds(300)),
        RefusalCase(status: 403, message: "Resource not accessible by integration", fields: ["x-ratelimit-remaining": "0"], code: .forbidden, advice: "permission"),
        RefusalCase(status: 403, message: "Resource not accessible by integration", fields: ["retry-after": "90"], code: .rateLimited, delay: .seconds(90)),
        RefusalCase(status: 429, code: .rateLimited, delay: .seconds(60)),
        RefusalCase(status: 429, fields: ["retry-after": "Sun, 22 Nov 2026 12:02:00 GMT"], code: .rateLimited, delay: .seconds(120)),
        RefusalCase(status: 429, fields: ["retry-after": "soon"], code: .rateLimited, delay: .seconds(60)),
        RefusalCase(status: 429, fields: ["retry-after": "604800"], code: .rateLimited, delay: .seconds(86_400)),
        RefusalCase(status: 429, fields: ["retry-after": "-5"], code: .rateLimited, delay: .seconds(60)),
        RefusalCase(status: 429, fields: ["retry-after": "9223372036854775808"], code: .rateLimited, delay: .seconds(60)),
        RefusalCase(status: 429, fields: ["retry-after": "1.5"], code: .rateLimited, delay: .seconds(60)),
        RefusalCase(status: 429, fields: ["retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"], code: .rateLimited, delay: .seconds(86_400)),
        RefusalCase(status: 403, fields: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "-1"], code: .rateLimited, delay: .seconds(60)),
        RefusalCase(status: 403, fields: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": "9223372036854775807"], code: .rateLimited, delay: .seconds(60)),
        RefusalCase(status: 410, code: .misconfigured, advice: "version"),
        RefusalCase(status: 422, message: "Validation Failed", code: .malformedReply, advice: "422"),
        RefusalCase(status: 302, fields: ["retry-after": "120"], code: .unavailable, advice: "proxy or filter", delay: .seconds(120)),
        RefusalCase(status: 307, fields: ["retry-after": "120"], code: .unavailable, advice: "(status 307)", delay: .seconds(120)),
        RefusalCase(status: 503, fields: ["retry-after": "120"], code: .unavailable, delay: .seconds(120)),
    ]

    @Test("stands for one failure, by status, header and documented message", arguments: cases)
    func table(refusal: RefusalCase) async throws {
        let bench = try Bench(
            answers: .message(refusal.status, refusal.message, refusal.fields))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.report(.users, of: acme, day: day("2026-11-21"), token: token)
        }
        #expect(failure.code == refusal.code)
        #expect(failure.delay == refusal.delay)
        #expect(failure.message.contains(refusal.advice), "\(failure.message)")
        #expect(!failure.message.contains("ghs_"))
    }

    @Test("is not reinterpreted by a message that contradicts the status")
    func bodyAlone() async throws {
        let bench = try Bench(answers: .message(404, "API rate limit exceeded"))
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: token)
        }
        #expect(failure.code == .notFound)
    }

    @Test(
        "concerns the operator if it rejects the App's token, and the person if it rejects theirs",
        arguments: ["A JSON web token could not be decoded", "Bad credentials"])
    func whoseToken(message: String) async throws {
        let app = try Bench(answers: .message(401, message))
        let ofApp = try await failure { () async throws(Failure) in
            try await app.client.installationToken(InstallationID(555))
        }
        #expect(ofApp.code == .misconfigured)
        #expect(ofApp.message.contains("GITHUB_APP_PRIVATE_KEY"))

        let person = try Bench(answers: .message(401, message))
        let ofPerson = try await failure { () async throws(Failure) in
            try await person.client.currentUser(token: token)
        }
        #expect(ofPerson.code == .unauthorized)
        #expect(ofPerson.message.contains("Authorize again"))
    }

    @Test(
        "names the clock or the key if it rejects the App's signature",
        arguments: [
            ("Sun, 22 Nov 2026 11:50:00 GMT", "10 min ahead of GitHub's", false),
            ("Sun, 22 Nov 2026 12:20:00 GMT", "20 min behind GitHub's", false),
            ("Sun, 22 Nov 2026 11:59:30 GMT", "GITHUB_APP_PRIVATE_KEY", true),
            ("Sun, 22 Nov 2026 12:05:00 GMT", "GITHUB_APP_PRIVATE_KEY", true),
            ("", "check this machine's clock", true),
        ])
    func clockOrKey(date: String, words: String, isKeyNamed: Bool) async throws {
        let bench = try Bench(
            answers: .message(401, "Not accepted", date.isEmpty ? [:] : ["date": date]))
        let refusal = try await failure { () async throws(Failure) in
            try await bench.client.installationToken(InstallationID(555))
        }
        #expect(refusal.code == .misconfigured)
        #expect(refusal.message.contains(words), "\(refusal.message)")
        #expect(refusal.message.contains("GITHUB_APP_PRIVATE_KEY") == isKeyNamed)
    }

    @Test("reports whether an installation is suspended or gone")
    func installation() async throws {
        let bench = try Bench(
            answers: .message(403, "This installation has been suspended"),
            .message(404, "Not Found"))
        for code in [Failure.Code.suspended, .notFound] {
            let failure = try await failure { () async throws(Failure) in
                try await bench.client.installationToken(InstallationID(555))
            }
            #expect(failure.code == code)
        }
    }
}
