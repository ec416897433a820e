import Domain
import GitHubSimulator
import InMemory
import OpenSSLCrypto
import Testing
import Toolbox

/// A person who makes an App from a manifest, or on the registration page.
@Suite("The simulated registration of Apps", .timeLimit(.minutes(5)))
struct CreateAppTests {
    private static let back = "http://127.0.0.1:8080/setup/callback"

    private static func manifest(_ changes: [String: JSONValue?] = [:]) -> String {
        var members: [String: JSONValue] = [
            "name": .string("Copilot usage ACME"), "url": .string("https://github.com/acme"),
            "hook_attributes": .object([
                "url": .string("https://github.com"), "active": .bool(false),
            ]),
            "redirect_url": .string(back),
            "callback_urls": .array([.string(RunningSimulator.callback)]), "public": .bool(true),
            "default_permissions": .object([
                "members": .string("read"), "organization_copilot_metrics": .string("read"),
            ]), "request_oauth_on_install": .bool(true),
        ]
        for (name, value) in changes { members[name] = value }
        return String(decoding: JSON.encode(JSONValue.object(members)), as: UTF8.self)
    }

    private static func form(_ fields: [(String, String)]) -> String { Form(fields).encoded }

    private static let browser = ["content-type": "application/x-www-form-urlencoded"]

    /// Runs a GitHub without an App.
    private static func run(
        scenario: String = "plain", consent: Consent = .automatic(login: Person.owner.login),
        _ body: (RunningSimulator) async throws -> Void
    ) async throws {
        try await RunningSimulator.run(
            scenario: scenario,
            configure: {
                $0.app = nil
                $0.consent = consent
            }, body)
    }

    private static func create(
        _ simulator: RunningSimulator, at page: String = "/settings/apps/new",
        _ manifest: String = manifest(), _ fields: [(String, String)] = []
    ) async throws -> RunningSimulator.Reply {
        try await simulator.fetch(
            simulator.addresses.api + page + "?state=s%201", method: "POST", fields: browser,
            body: form([("manifest", manifest)] + fields))
    }

    @Test("makes an App that can be installed, authorized and used")
    func happyPath() async throws {
        try await Self.run { simulator in
            let reply = try await Self.create(
                simulator, at: "/organizations/acme/settings/apps/new")
            #expect(reply.status == 302)
            #expect(reply.fields["location"]?.hasPrefix(Self.back) == true)
            #expect(reply.redirect["state"] == "s 1")
            let code = try #require(reply.redirect["code"])
            let converted = try await simulator.post("/app-manifests/\(code)/conversions")
            #expect(converted.status == 201)
            let app = try #require(converted.json)
            #expect(app["slug"]?.text == "copilot-usage-acme")
            #expect(app["owner"]?["login"]?.text == "acme")
            #expect(app["client_id"]?.text?.hasPrefix("Iv23li") == true)
            let pem = Secret(try #require(app["pem"]?.text))
            #expect(throws: Never.self) { try RSAAppSigner(pem: pem) }

            #expect(simulator.github.world.organizations.allSatisfy { $0.installation == nil })
            let installed = try await simulator.fetch(
                simulator.addresses.api + "/apps/copilot-usage-acme/installations/new?state=s2")
            #expect(installed.redirect["setup_action"] == "install")
            #expect(installed.redirect["state"] == "s2")
            let granted = simulator.github.world.organization("acme")?.installation?.permissions
            #expect(granted == ["members": "read", "organization_copilot_metrics": "read"])
            #expect(simulator.github.violations == [])
        }
    }

    @Test("reveals the credentials once, within an hour")
    func once() async throws {
        try await Self.run { simulator in
            let code = try await Self.create(simulator).redirect["code"] ?? ""
            let path = "/app-manifests/\(code)/conversions"
            #expect(try await simulator.post(path).status == 201)
            #expect(try await simulator.post(path).status == 404)
            #expect(
                simulator.github.violations
                    == ["POST \(path): a manifest's code that was used before"])
            // The code is a credential, so it is not in the record.
            #expect(!simulator.github.requests.contains { $0.path.contains(code) })
        }
        try await Self.run { simulator in
            let code = try await Self.create(simulator).redirect["code"] ?? ""
            simulator.clock.advance(by: .seconds(3_600))
            #expect(try await simulator.post("/app-manifests/\(code)/conversions").status == 404)
            #expect(try await simulator.post("/app-manifests/unknown/conversions").status == 404)
            #expect(simulator.github.violations == [])
        }
    }

    @Test(
        "refuses a manifest that GitHub does not accept",
        arguments: [
            (["url": nil], "without a url"), (["redirect_url": nil], "without a redirect_url"),
            (["redirect_url": .string("nowhere")], "without a redirect_url"),
            (["hook_attributes": .object(["active": .bool(false)])], "hook_attributes"),
            (["name": .string(String(repeating: "n", count: 35))], "34 characters"),
            (["webhook": .bool(false)], "unknown member webhook"),
            (["default_permissions": .object(["copilot": .string("read")])], "permission copilot"),
            (["default_permissions": .object(["members": .string("all")])], "the level all"),
            (
                [
                    "callback_urls": .array(
                        Array(repeating: .string("https://a.example"), count: 11))
                ],
                "ten callback URLs"
            ),
        ] as [([String: JSONValue?], String)])
    func strict(changes: [String: JSONValue?], words: String) async throws {
        try await Self.run { simulator in
            let reply = try await Self.create(simulator, Self.manifest(changes))
            #expect(reply.status == 422)
            #expect(simulator.github.violations.contains { $0.contains(words) })
            #expect(simulator.github.app == nil)
        }
    }

    @Test("shows a page on which a person changes the name and confirms")
    func page() async throws {
        try await Self.run(scenario: "app-name-taken", consent: .page) { simulator in
            let page = try await Self.create(simulator)
            #expect(page.status == 200)
            #expect(page.text.contains("Create GitHub App</button>"))
            #expect(page.text.contains("organization_copilot_metrics: read"))
            #expect(simulator.github.app == nil)

            func decide(_ name: String, _ person: Person) async throws -> RunningSimulator.Reply {
                try await Self.create(
                    simulator, Self.manifest(),
                    [("decision", "create"), ("name", name), ("person", person.login)])
            }
            let taken = try await decide("usage", .owner)
            #expect(taken.status == 422)
            #expect(taken.text.contains("Name is already taken."))
            #expect(try await decide("usage 2", .owner).status == 302)
            #expect(simulator.github.app?.slug == "usage-2")
            #expect(simulator.github.app?.owner == Person.owner.login)
        }
    }

    @Test("lets only an owner make an App of an organization")
    func owners() async throws {
        try await Self.run(consent: .automatic(login: Person.plainMember.login)) { simulator in
            let page = "/organizations/acme/settings/apps/new"
            let refused = try await Self.create(simulator, at: page)
            #expect(refused.status == 404)
            let own = try await Self.create(simulator)
            #expect(own.status == 302)
        }
    }

    @Test("takes no manifest for an enterprise, but a registration by hand")
    func enterprise() async throws {
        try await Self.run { simulator in
            let page = "/enterprises/big/settings/apps/new"
            #expect(try await Self.create(simulator, at: page).status == 404)
            #expect(simulator.github.violations.count == 1)
            let query = Self.form([
                ("name", "usage"), ("public", "false"), ("request_oauth_on_install", "true"),
                ("webhook_active", "false"), ("url", "https://github.com"),
                ("callback_urls[]", RunningSimulator.callback), ("members", "read"),
            ])
            let filled = try await simulator.fetch("\(simulator.addresses.api)\(page)?\(query)")
            #expect(filled.text.contains("value=\"usage\""))
            #expect(filled.text.contains("members: read"))
            let made = try await simulator.fetch(
                "\(simulator.addresses.api)\(page)?\(query)", method: "POST", fields: Self.browser,
                body: Self.form([("person", Person.owner.login)]))
            #expect(made.status == 201)
            let app = try #require(simulator.github.app)
            #expect(made.text.contains(app.clientSecret.reveal { $0 }))
            #expect(app.owner == "big")
            #expect(!app.isPublic)
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test("reports an unknown parameter of the registration page")
    func parameters() async throws {
        try await Self.run { simulator in
            _ = try await simulator.fetch(
                simulator.addresses.api + "/settings/apps/new?name=a&permissions=all")
            #expect(simulator.github.violations.contains { $0.contains("parameter permissions") })
        }
    }

    @Test("forgets a deleted App and its tokens, and keeps a renamed one")
    func ends() async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.userToken()
            let renamed = try #require(Scenario.named("app-renamed"))
            simulator.github.begin(renamed)
            #expect(simulator.github.app?.slug == "copilot-usage-renamed")
            #expect(try await simulator.get("/user", token: token).status == 200)
            let deleted = try #require(Scenario.named("app-deleted"))
            simulator.github.begin(deleted)
            #expect(simulator.github.app == nil)
            #expect(try await simulator.get("/user", token: token).status == 401)
            let jwt = try await simulator.get("/app", token: simulator.appToken())
            #expect(jwt.status == 404)
            #expect(jwt.message == "Integration not found")
        }
    }
}
