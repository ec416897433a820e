import InMemory
import Toolbox
import Domain
import Fakes
import GitHubSimulator
import Testing

/// The web flow, as a browser and an App go through it.
@Suite("The simulated authorization", .timeLimit(.minutes(5)))
struct AuthorizationTests {
    @Test("gives tokens for a code, and tells who they stand for")
    func happyPath() async throws {
        try await Simulation.run { simulation in
            let reply = try await simulation.get(Simulation.authorizePath())
            #expect(reply.status == 302)
            #expect(reply.fields["location"]?.hasPrefix(Simulation.callback) == true)
            #expect(reply.redirect["state"] == "state-1")
            let tokens = try await simulation.exchange(["code": reply.redirect["code"] ?? ""])
            let access = try #require(tokens["access_token"]?.text)
            #expect(access.hasPrefix("ghu_"))
            #expect(tokens["refresh_token"]?.text?.hasPrefix("ghr_") == true)
            #expect(tokens["expires_in"] == .integer(28_800))
            #expect(tokens["refresh_token_expires_in"] == .integer(15_897_600))
            #expect(tokens["token_type"] == .string("bearer"))
            let user = try await simulation.get("/user", token: access)
            #expect(user.json?["login"] == .string(Person.owner.login))
            #expect(user.json?["id"] == .integer(Person.owner.id))
            #expect(simulation.github.violations == [])
        }
    }

    @Test("answers a form to who does not ask for JSON")
    func formAnswer() async throws {
        try await Simulation.run { simulation in
            let reply = try await simulation.fetch(
                simulation.addresses.api + "/login/oauth/access_token", method: "POST",
                fields: ["accept": "*/*", "content-type": "application/x-www-form-urlencoded"],
                body: "client_id=nobody")
            #expect(reply.status == 200)
            #expect(reply.text.hasPrefix("error=incorrect_client_credentials&"))
        }
    }

    @Test("takes JSON for a form")
    func jsonBody() async throws {
        try await Simulation.run { simulation in
            let code = try await simulation.code()
            let reply = try await simulation.post(
                "/login/oauth/access_token", fields: ["content-type": "application/json"],
                body: """
                    {"client_id":"Iv23liSIMULATED00042","code":"\(code)",\
                    "client_secret":"\(Simulation.clientSecret)",\
                    "redirect_uri":"\(Simulation.callback)","code_verifier":"\(Simulation.verifier)"}
                    """)
            #expect(reply.json?["access_token"]?.text != nil)
        }
    }

    @Test(
        "refuses an exchange that is not the one it agreed to",
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
        try await Simulation.run { simulation in
            var fields = ["code": try await simulation.code()]
            fields.merge(change) { $1 }
            let answer = try await simulation.exchange(fields)
            #expect(answer["error"] == .string(error))
            #expect(answer["access_token"] == nil)
        }
    }

    @Test("takes a code once")
    func codeReuse() async throws {
        try await Simulation.run { simulation in
            let code = try await simulation.code()
            #expect(try await simulation.exchange(["code": code])["access_token"] != nil)
            let second = try await simulation.exchange(["code": code])
            #expect(second["error"] == .string("bad_verification_code"))
            #expect(simulation.github.violations.count == 1)
        }
    }

    @Test("takes a code for ten minutes", arguments: [(599, true), (600, false)])
    func codeLife(seconds: Int, isTaken: Bool) async throws {
        try await Simulation.run { simulation in
            let code = try await simulation.code()
            simulation.clock.advance(by: .seconds(seconds))
            let answer = try await simulation.exchange(["code": code])
            #expect((answer["access_token"] != nil) == isTaken)
        }
    }

    @Test("kills both old tokens at a refresh, at once")
    func rotation() async throws {
        try await Simulation.run { simulation in
            let first = try await simulation.exchange(["code": try await simulation.code()])
            let second = try await simulation.refresh(first["refresh_token"]?.text)
            let old = try await simulation.get("/user", token: first["access_token"]?.text)
            #expect(old.status == 401)
            #expect(old.message == "Bad credentials")
            let new = try await simulation.get("/user", token: second["access_token"]?.text)
            #expect(new.status == 200)
            #expect(simulation.github.violations == [])
            let again = try await simulation.refresh(first["refresh_token"]?.text)
            #expect(again["error"] == .string("bad_refresh_token"))
            #expect(simulation.github.violations.count == 1)
        }
    }

    @Test("lets an access token live for eight hours, a refresh token for six months")
    func tokenLife() async throws {
        try await Simulation.run { simulation in
            let tokens = try await simulation.exchange(["code": try await simulation.code()])
            simulation.clock.advance(by: .seconds(28_799))
            let access = tokens["access_token"]?.text
            #expect(try await simulation.get("/user", token: access).status == 200)
            simulation.clock.advance(by: .seconds(1))
            #expect(try await simulation.get("/user", token: access).status == 401)
            simulation.clock.advance(by: .seconds(15_897_600 - 28_800))
            let late = try await simulation.refresh(tokens["refresh_token"]?.text)
            #expect(late["error"] == .string("bad_refresh_token"))
        }
    }

    @Test("lets a person have ten tokens, and drops the oldest for the eleventh")
    func tokenCount() async throws {
        try await Simulation.run { simulation in
            var tokens: [String] = []
            for _ in 0..<11 { tokens.append(try await simulation.userToken()) }
            #expect(try await simulation.get("/user", token: tokens[0]).status == 401)
            #expect(try await simulation.get("/user", token: tokens[1]).status == 200)
        }
    }

    @Test("forgets a person's tokens when the authorization is revoked")
    func revocation() async throws {
        try await Simulation.run { simulation in
            let tokens = try await simulation.exchange(["code": try await simulation.code()])
            simulation.github.revokeAuthorization(of: Person.owner.login)
            let user = try await simulation.get("/user", token: tokens["access_token"]?.text)
            #expect(user.status == 401)
            let refreshed = try await simulation.refresh(tokens["refresh_token"]?.text)
            #expect(refreshed["error"] == .string("bad_refresh_token"))
        }
    }

    @Test(
        "sends a faulty request back to the App, not on",
        arguments: [
            (["redirect_uri": "http://evil.example/"], "redirect_uri_mismatch"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge": "short"], "invalid_request"),
        ])
    func faultyRequest(change: [String: String], error: String) async throws {
        try await Simulation.run { simulation in
            let reply = try await simulation.get(Simulation.authorizePath(change))
            #expect(reply.status == 302)
            #expect(reply.fields["location"]?.hasPrefix(Simulation.callback + "?") == true)
            #expect(reply.redirect["error"] == error)
            #expect(reply.redirect["state"] == "state-1")
            #expect(reply.redirect["code"] == nil)
        }
    }

    @Test("knows no other App")
    func unknownClient() async throws {
        try await Simulation.run { simulation in
            let reply = try await simulation.get(Simulation.authorizePath(["client_id": "other"]))
            #expect(reply.status == 404)
            #expect(reply.fields["location"] == nil)
        }
    }

    @Test("asks a person on a page, who may agree or decline")
    func page() async throws {
        try await Simulation.run(configure: { $0.consent = .page }) { simulation in
            let path = Simulation.authorizePath(["state": "\"><script>"])
            let page = try await simulation.get(path)
            #expect(page.status == 200)
            #expect(page.text.contains("<option>\(Person.plainMember.login)</option>"))
            #expect(!page.text.contains("<script>"))
            let form = ["content-type": "application/x-www-form-urlencoded"]
            let declined = try await simulation.post(
                Simulation.authorizePath(), fields: form,
                body: "person=\(Person.plainMember.login)&decision=deny")
            #expect(declined.redirect["error"] == "access_denied")
            #expect(declined.redirect["state"] == "state-1")
            let agreed = try await simulation.post(
                Simulation.authorizePath(), fields: form,
                body: "person=\(Person.plainMember.login)&decision=authorize")
            let tokens = try await simulation.exchange(["code": agreed.redirect["code"] ?? ""])
            let user = try await simulation.get("/user", token: tokens["access_token"]?.text)
            #expect(user.json?["login"] == .string(Person.plainMember.login))
        }
    }

    @Test("installs the App on what the person owns, and goes on into the web flow")
    func installation() async throws {
        var world = Simulation.world()
        world.updateAll { $0.installation = nil }
        try await Simulation.run(world: world) { simulation in
            let reply = try await simulation.get("/apps/copilot-usage/installations/new?state=s2")
            let query = reply.redirect
            #expect(query["setup_action"] == "install")
            #expect(query["state"] == "s2")
            // GitHub built this authorization: there is no challenge and no redirect_uri to repeat.
            let tokens = try await simulation.exchange([
                "code": query["code"] ?? "", "redirect_uri": "", "code_verifier": "",
            ])
            let list = try await simulation.get(
                "/user/installations", token: tokens["access_token"]?.text)
            #expect(list.json?["total_count"] == .integer(2))
            let first = simulation.github.world.organizations[0].installation?.id
            #expect(query["installation_id"] == first.map { String($0) })
        }
    }

    @Test("lets who owns nothing only ask for the App")
    func installationRequest() async throws {
        try await Simulation.run(
            configure: { $0.consent = .automatic(login: Person.plainMember.login) }
        ) { simulation in
            let reply = try await simulation.get("/apps/copilot-usage/installations/new")
            #expect(reply.redirect == ["setup_action": "request"])
        }
    }
}
