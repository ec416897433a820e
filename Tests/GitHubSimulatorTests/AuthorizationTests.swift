import Domain
import Fakes
import GitHubSimulator
import InMemory
import Testing
import Toolbox

/// The web flow of a browser and an App.
@Suite("The simulated authorization", .timeLimit(.minutes(5)))
struct AuthorizationTests {
    @Test("exchanges a code for tokens of the person")
    func happyPath() async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await simulator.get(RunningSimulator.authorizePath())
            #expect(reply.status == 302)
            #expect(reply.fields["location"]?.hasPrefix(RunningSimulator.callback) == true)
            #expect(reply.redirect["state"] == "state-1")
            let tokens = try await simulator.exchange(["code": reply.redirect["code"] ?? ""])
            let access = try #require(tokens["access_token"]?.text)
            #expect(access.hasPrefix("ghu_"))
            #expect(tokens["refresh_token"]?.text?.hasPrefix("ghr_") == true)
            #expect(tokens["expires_in"] == .integer(28_800))
            #expect(tokens["refresh_token_expires_in"] == .integer(15_897_600))
            #expect(tokens["token_type"] == .string("bearer"))
            let user = try await simulator.get("/user", token: access)
            #expect(user.json?["login"] == .string(Person.owner.login))
            #expect(user.json?["id"] == .integer(Person.owner.id))
            #expect(simulator.github.violations == [])
        }
    }

    @Test("responds with a form to a client that does not accept JSON")
    func formAnswer() async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await simulator.fetch(
                simulator.addresses.api + "/login/oauth/access_token", method: "POST",
                fields: ["accept": "*/*", "content-type": "application/x-www-form-urlencoded"],
                body: "client_id=nobody")
            #expect(reply.status == 200)
            #expect(reply.text.hasPrefix("error=incorrect_client_credentials&"))
        }
    }

    @Test("accepts JSON in place of a form")
    func jsonBody() async throws {
        try await RunningSimulator.run { simulator in
            let code = try await simulator.code()
            let reply = try await simulator.post(
                "/login/oauth/access_token", fields: ["content-type": "application/json"],
                body: """
                    {"client_id":"Iv23liSIMULATED00042","code":"\(code)",\
                    "client_secret":"\(RunningSimulator.clientSecret)",\
                    "redirect_uri":"\(RunningSimulator.callback)","code_verifier":"\(RunningSimulator.verifier)"}
                    """)
            #expect(reply.json?["access_token"]?.text != nil)
        }
    }

    @Test(
        "refuses an exchange that does not match the authorization",
        arguments: [
            (["code": "never-made"], "bad_verification_code"),
            (["code": ""], "bad_verification_code"),
            (["code_verifier": ""], "bad_verification_code"),
            (["code_verifier": "too-short"], "bad_verification_code"),
            (
                ["code_verifier": String(repeating: "v", count: 43)], "bad_verification_code"
            ),
            (["redirect_uri": "http://127.0.0.1:9/other"], "redirect_uri_mismatch"),
            (["redirect_uri": ""], "redirect_uri_mismatch"),
            (["client_secret": "wrong"], "incorrect_client_credentials"),
            (["client_id": "wrong"], "incorrect_client_credentials"),
            (["grant_type": "password"], "unsupported_grant_type"),
        ])
    func refusals(change: [String: String], error: String) async throws {
        try await RunningSimulator.run { simulator in
            var fields = ["code": try await simulator.code()]
            fields.merge(change) { $1 }
            let answer = try await simulator.exchange(fields)
            #expect(answer["error"] == .string(error))
            #expect(answer["access_token"] == nil)
        }
    }

    @Test("accepts a code once")
    func codeReuse() async throws {
        try await RunningSimulator.run { simulator in
            let code = try await simulator.code()
            #expect(try await simulator.exchange(["code": code])["access_token"] != nil)
            let second = try await simulator.exchange(["code": code])
            #expect(second["error"] == .string("bad_verification_code"))
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test("accepts a code for ten minutes", arguments: [(599, true), (600, false)])
    func codeLife(seconds: Int, isTaken: Bool) async throws {
        try await RunningSimulator.run { simulator in
            let code = try await simulator.code()
            simulator.clock.advance(by: .seconds(seconds))
            let answer = try await simulator.exchange(["code": code])
            #expect((answer["access_token"] != nil) == isTaken)
        }
    }

    @Test("revokes both old tokens at once when they are refreshed")
    func rotation() async throws {
        try await RunningSimulator.run { simulator in
            let first = try await simulator.exchange(["code": try await simulator.code()])
            let second = try await simulator.refresh(first["refresh_token"]?.text)
            let old = try await simulator.get("/user", token: first["access_token"]?.text)
            #expect(old.status == 401)
            #expect(old.message == "Bad credentials")
            let new = try await simulator.get("/user", token: second["access_token"]?.text)
            #expect(new.status == 200)
            #expect(simulator.github.violations == [])
            let again = try await simulator.refresh(first["refresh_token"]?.text)
            #expect(again["error"] == .string("bad_refresh_token"))
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test("accepts an access token for eight hours and a refresh token for six months")
    func tokenLife() async throws {
        try await RunningSimulator.run { simulator in
            let tokens = try await simulator.exchange(["code": try await simulator.code()])
            simulator.clock.advance(by: .seconds(28_799))
            let access = tokens["access_token"]?.text
            #expect(try await simulator.get("/user", token: access).status == 200)
            simulator.clock.advance(by: .seconds(1))
            #expect(try await simulator.get("/user", token: access).status == 401)
            simulator.clock.advance(by: .seconds(15_897_600 - 28_800))
            let late = try await simulator.refresh(tokens["refresh_token"]?.text)
            #expect(late["error"] == .string("bad_refresh_token"))
        }
    }

    @Test("revokes a person's oldest token when an eleventh is created")
    func tokenCount() async throws {
        try await RunningSimulator.run { simulator in
            var tokens: [String] = []
            for _ in 0..<11 { tokens.append(try await simulator.userToken()) }
            #expect(try await simulator.get("/user", token: tokens[0]).status == 401)
            #expect(try await simulator.get("/user", token: tokens[1]).status == 200)
        }
    }

    @Test("revokes a person's tokens with the authorization")
    func revocation() async throws {
        try await RunningSimulator.run { simulator in
            let tokens = try await simulator.exchange(["code": try await simulator.code()])
            simulator.github.revokeAuthorization(of: Person.owner.login)
            let user = try await simulator.get("/user", token: tokens["access_token"]?.text)
            #expect(user.status == 401)
            let refreshed = try await simulator.refresh(tokens["refresh_token"]?.text)
            #expect(refreshed["error"] == .string("bad_refresh_token"))
        }
    }

    @Test(
        "redirects an invalid authorization request to the App with an error",
        arguments: [
            (["redirect_uri": "http://evil.example/"], "redirect_uri_mismatch"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge": "short"], "invalid_request"),
        ])
    func faultyRequest(change: [String: String], error: String) async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await simulator.get(RunningSimulator.authorizePath(change))
            #expect(reply.status == 302)
            #expect(reply.fields["location"]?.hasPrefix(RunningSimulator.callback + "?") == true)
            #expect(reply.redirect["error"] == error)
            #expect(reply.redirect["state"] == "state-1")
            #expect(reply.redirect["code"] == nil)
        }
    }

    @Test("returns 404 for an unknown client ID")
    func unknownClient() async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await simulator.get(
                RunningSimulator.authorizePath(["client_id": "other"]))
            #expect(reply.status == 404)
            #expect(reply.fields["location"] == nil)
        }
    }

    @Test("shows a page on which a person agrees or declines")
    func page() async throws {
        try await RunningSimulator.run(configure: { $0.consent = .page }) { simulator in
            let path = RunningSimulator.authorizePath(["state": "\"><script>"])
            let page = try await simulator.get(path)
            #expect(page.status == 200)
            #expect(page.text.contains("<option>\(Person.plainMember.login)</option>"))
            #expect(!page.text.contains("<script>"))
            let form = ["content-type": "application/x-www-form-urlencoded"]
            let declined = try await simulator.post(
                RunningSimulator.authorizePath(), fields: form,
                body: "person=\(Person.plainMember.login)&decision=deny")
            #expect(declined.redirect["error"] == "access_denied")
            #expect(declined.redirect["state"] == "state-1")
            let agreed = try await simulator.post(
                RunningSimulator.authorizePath(), fields: form,
                body: "person=\(Person.plainMember.login)&decision=authorize")
            let tokens = try await simulator.exchange(["code": agreed.redirect["code"] ?? ""])
            let user = try await simulator.get("/user", token: tokens["access_token"]?.text)
            #expect(user.json?["login"] == .string(Person.plainMember.login))
        }
    }

    @Test("installs the App on the person's organizations and continues with the web flow")
    func installation() async throws {
        var world = RunningSimulator.world()
        world.updateAll { $0.installation = nil }
        try await RunningSimulator.run(world: world) { simulator in
            let reply = try await simulator.get("/apps/copilot-usage/installations/new?state=s2")
            let query = reply.redirect
            #expect(query["setup_action"] == "install")
            #expect(query["state"] == "s2")
            // GitHub made this authorization, so there is no challenge and no redirect_uri to repeat.
            let tokens = try await simulator.exchange([
                "code": query["code"] ?? "", "redirect_uri": "", "code_verifier": "",
            ])
            let list = try await simulator.get(
                "/user/installations", token: tokens["access_token"]?.text)
            #expect(list.json?["total_count"] == .integer(2))
            let first = simulator.github.world.organizations[0].installation?.id
            #expect(query["installation_id"] == first.map { String($0) })
        }
    }

    @Test("lets a person who owns no organization only request the App")
    func installationRequest() async throws {
        try await RunningSimulator.run(
            configure: { $0.consent = .automatic(login: Person.plainMember.login) }
        ) { simulator in
            let reply = try await simulator.get("/apps/copilot-usage/installations/new")
            #expect(reply.redirect == ["setup_action": "request"])
        }
    }
}
