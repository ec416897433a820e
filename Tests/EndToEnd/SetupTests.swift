import Domain
import GitHubSimulator
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Setting up without a variable", .timeLimit(.minutes(10)))
struct SetupTests {
    /// Where nobody has registered an App, and a person decides on GitHub's pages.
    private func stage(
        scenario: String = "plain", _ body: (Stage) async throws -> Void
    ) async throws {
        let scenario = try #require(Scenario.named(scenario))
        try await Stage.with(
            change: { configuration, world in
                configuration.app = nil
                configuration.consent = .page
                scenario.apply(to: &world, &configuration)
            }, body)
    }

    /// Runs the local runner beside `body`.
    private func running(
        _ stage: Stage, _ body: (ChildProcess, String) async throws -> Void
    ) async throws {
        // Where browsers find it follows from the port.
        try await ChildProcess.withRunning(
            BuiltProgram.local, ["run", "--port", String(stage.port), "--at", "00:00"],
            environment: stage.environment.merging(["PUBLIC_URL": nil]) { $1 }, in: stage.folder
        ) { runner in
            let home = "http://127.0.0.1:\(stage.port)"
            try await runner.wait(for: "its page") {
                (try? await Stage.get("\(home)/healthz"))?.status == 200
            }
            try await body(runner, home)
            runner.terminate()
            try await runner.waitForEnd()
        }
    }

    /// Opens the page until the browser is no longer told to open it again.
    private func watch(
        _ browser: inout WalkingBrowser, at home: String, _ runner: ChildProcess
    ) async throws {
        var visitor = browser
        try await runner.wait(for: "the first collection") {
            try? await visitor.open("\(home)/setup")
            return visitor.page.fields["refresh"] == nil
        }
        browser = visitor
    }

    @Test(
        "leads in four clicks from an empty folder to samples, and later to a second organization"
    )
    func fourClicks() async throws {
        try await stage { stage in
            try await running(stage) { runner, home in
                try await runner.wait(for: "where to begin") {
                    runner.output.contains("There is no GitHub App yet. Make one at \(home)/setup")
                }
                var browser = WalkingBrowser()
                try await browser.open(home)
                #expect(browser.page.page.contains("There is no GitHub App yet"))
                try await browser.follow("Set up GitHub")
                let policy = try #require(browser.page.fields["content-security-policy"])
                let server = try #require(stage.environment["GITHUB_SERVER_URL"] as? String)
                #expect(policy.contains("form-action 'self' \(server);"))
                try await browser.press("Create GitHub App")
                #expect(browser.page.page.contains("Create GitHub App for your account"))
                try await browser.press("Create GitHub App")
                #expect(browser.address.contains("/installations/new?state="))
                try await browser.press("Install and authorize", unchecked: ["acme-2"])
                #expect(browser.clicks == 4)
                #expect(browser.address == "\(home)/setup")
                #expect(browser.page.page.contains("ola-owner: acme"))
                #expect(!browser.page.page.contains("acme-2"))
                try await watch(&browser, at: home, runner)
                #expect(browser.page.page.contains("Everything is set up."))
                let samples = try stage.samples()
                #expect(samples.keys.contains { $0.hasPrefix("acme/") })
                #expect(!samples.keys.contains { $0.hasPrefix("acme-2/") })

                try await browser.follow("Install it on another organization")
                try await browser.press("Install and authorize", unchecked: ["acme"])
                #expect(browser.page.page.contains("ola-owner: acme, acme-2"))
                try await watch(&browser, at: home, runner)
                #expect(try stage.samples().keys.contains { $0.hasPrefix("acme-2/") })
            }
            #expect(stage.github.violations == [])
            let dead = try await stage.local("dead-letters")
            #expect(dead.output.contains("No"), "\(dead.output)")
            try await everywhere(stage)
        }
    }

    /// Checks that each program finds the stored App.
    private func everywhere(_ stage: Stage) async throws {
        let app = try #require(stage.github.app)
        let tick = try await stage.local("tick")
        #expect(tick.status == 0, "\(tick.output)\(tick.errors)")
        let doctor = try await stage.local("doctor", "--json")
        #expect(doctor.status == 0, "\(doctor.output)")
        #expect(doctor.output.contains("the key belongs to \(app.slug)"))

        let planned = try await stage.function("onDailyTick", "{}")
        #expect(planned.status == 0, "\(planned.output)\(planned.errors)")
        let event = try #require(json(planned.output)["events"]?.elements.first)
        let collected = try await stage.function(
            "onCollectOrg", String(decoding: encoded(event), as: UTF8.self))
        #expect(collected.status == 0, "\(collected.output)\(collected.errors)")
        try await stage.serving("onDailyTick") { tick in
            let answer = try await tick.post(["content-type": "application/json"], "{}")
            #expect(answer.status == 200, "\(answer.text)")
        }
        let begun = try await stage.function("onAuthorize", #"{"method":"GET"}"#)
        #expect(begun.output.contains("client_id=\(app.clientID)"), "\(begun.output)")

        let recorded = try await stage.local("record", "tape", "--", "tick", "--from", "2d")
        #expect(recorded.status == 0, "\(recorded.errors)")
        let replayed = try await stage.local("replay", "tape")
        #expect(replayed.status == 0, "\(replayed.output)\(replayed.errors)")

        let printed = try await stage.local("setup", "--print", "--json")
        #expect(printed.status == 0)
        let variables = try json(printed.output)
        #expect(variables["GITHUB_APP_ID"]?.text == String(app.id))
        #expect(variables["GITHUB_APP_CLIENT_SECRET"]?.text == app.clientSecret.reveal { $0 })
        #expect(variables["GITHUB_APP_PRIVATE_KEY"]?.text == app.privateKey.reveal { $0 })
        #expect(printed.errors.contains("These are secrets"))
        #expect(!printed.errors.contains(app.clientSecret.reveal { $0 }))
        let again = try await stage.local("setup")
        #expect(again.status == 0)
        #expect(again.output.contains("There is an App already: \(app.slug)"), "\(again.output)")
        let files = try FileManager.default.subpathsOfDirectory(atPath: stage.folder)
        for file in files {
            let bytes = try? Data(contentsOf: URL(filePath: "\(stage.folder)/\(file)"))
            let text = String(decoding: bytes ?? Data(), as: UTF8.self)
            #expect(!text.contains(app.clientSecret.reveal { $0 }), "\(file)")
            #expect(!text.contains("PRIVATE KEY"), "\(file)")
        }
    }

    @Test("makes an App of an organization, for that organization alone, under another name")
    func organization() async throws {
        try await stage(scenario: "app-name-taken") { stage in
            try await running(stage) { _, home in
                var browser = WalkingBrowser()
                try await browser.open("\(home)/setup")
                try await browser.press("Continue", ["organization": "acme", "public": "false"])
                #expect(browser.page.page.contains("Create the App under acme"))
                try await browser.press("Create GitHub App")
                #expect(browser.page.page.contains("its owner&#39;s account only"))
                try await browser.press("Create GitHub App")
                #expect(browser.page.page.contains("Name is already taken."))
                try await browser.press("Create GitHub App", ["name": "usage of acme"])
                #expect(browser.page.page.contains("value=\"acme\""))
                #expect(!browser.page.page.contains("value=\"acme-2\""))
                #expect(stage.github.app?.slug == "usage-of-acme")
                #expect(stage.github.app?.owner == "acme")
                try await browser.open("\(home)/setup")
                #expect(browser.page.page.contains("usage-of-acme"))
                #expect(browser.page.page.contains("owned by acme"))
            }
            #expect(stage.github.violations == [])
        }
    }

    @Test("fills in the registration page for an enterprise")
    func enterprise() async throws {
        try await stage { stage in
            try await running(stage) { _, home in
                var browser = WalkingBrowser()
                try await browser.open("\(home)/setup?enterprise=big")
                #expect(!browser.page.page.contains("Create GitHub App</button>"))
                try await browser.follow("GitHub's registration page")
                #expect(browser.page.page.contains("value=\"copilot-usage-big\""))
                try await browser.press("Create GitHub App")
                #expect(browser.page.status == 201)
            }
            #expect(stage.github.violations == [])
        }
    }

    @Test("explains an outage, and goes on when the page is opened again")
    func outage() async throws {
        try await stage(scenario: "manifest-outage") { stage in
            try await running(stage) { _, home in
                var browser = WalkingBrowser()
                try await browser.open("\(home)/setup")
                try await browser.press("Create GitHub App")
                try await browser.press("Create GitHub App")
                #expect(browser.page.status == 503)
                #expect(browser.page.page.contains("Nothing is lost: reload this page"))
                try await browser.open(browser.address)
                #expect(browser.address.contains("/installations/new?state="))
            }
            #expect(stage.github.violations == [])
        }
    }

    @Test(
        "explains a code that brings nothing, and stores nothing",
        arguments: [
            ("manifest-code-expired", 400, "older than an hour"),
            ("manifest-answer-lost", 503, "reload this page"),
            ("manifest-damaged-key", 502, "Delete the new App on GitHub and begin again"),
        ])
    func lost(scenario: String, status: Int, words: String) async throws {
        try await stage(scenario: scenario) { stage in
            try await running(stage) { _, home in
                var browser = WalkingBrowser()
                try await browser.open("\(home)/setup")
                try await browser.press("Create GitHub App")
                try await browser.press("Create GitHub App")
                #expect(browser.page.status == status)
                #expect(browser.page.page.contains(words), "\(browser.page.page)")
                // It begins again on the same page.
                #expect(browser.page.page.contains("Create GitHub App</button>"))
            }
            let keys = try await stage.local("state", "--json")
            #expect(!keys.output.contains("github-app"), "\(keys.output)")
        }
    }

    @Test("goes on to the authorization where the installation brings no code")
    func installedAlready() async throws {
        try await stage(scenario: "install-without-code") { stage in
            try await running(stage) { _, home in
                var browser = WalkingBrowser()
                try await browser.open("\(home)/setup")
                try await browser.press("Create GitHub App")
                try await browser.press("Create GitHub App")
                try await browser.press("Install and authorize")
                try await browser.press("Authorize")
                #expect(browser.page.page.contains("is connected"), "\(browser.page.page)")
            }
        }
    }

    @Test("reports an App that was renamed or deleted, and makes another one only when asked")
    func ends() async throws {
        try await stage { stage in
            try await running(stage) { runner, home in
                var browser = WalkingBrowser()
                try await browser.open("\(home)/setup")
                try await browser.press("Create GitHub App")
                try await browser.press("Create GitHub App")
                try await browser.press("Install and authorize")
                try await watch(&browser, at: home, runner)
                let old = try #require(stage.github.app?.slug)

                stage.github.begin(try #require(Scenario.named("app-renamed")))
                try await browser.open("\(home)/setup")
                #expect(browser.page.page.contains("is now named \(old)-renamed"))
                let renamed = try await stage.local("doctor", "--json")
                #expect(renamed.output.contains("is named \(old)-renamed on GitHub now"))
                try await browser.open("\(home)/authorize?install=true")
                #expect(browser.address == "\(home)/setup")
                try await browser.press("Use the name \(old)-renamed")
                #expect(browser.page.page.contains("Everything is set up."))

                stage.github.begin(try #require(Scenario.named("app-deleted")))
                let doctor = try await stage.local("doctor", "--json")
                #expect(doctor.status == 1)
                #expect(doctor.output.contains("does not accept the stored App"))
                // Instead of GitHub's page, which would only say that there is nothing.
                try await browser.open("\(home)/authorize")
                #expect(browser.address == "\(home)/setup")
                #expect(browser.page.page.contains("it was deleted"))
                #expect(browser.page.page.contains("takes the place of \(old)-renamed"))
                #expect(stage.github.app == nil)
                try await browser.press("Create GitHub App")
                try await browser.press("Create GitHub App")
                try await browser.press("Install and authorize")
                try await watch(&browser, at: home, runner)
                #expect(browser.page.page.contains("Everything is set up."), "\(browser.page.page)")
            }
        }
    }

    @Test("asks for the setup token, and answers no other site and no other host")
    func guarded() async throws {
        try await stage { stage in
            let token = "planted-setup-token-4711"
            var environment = stage.environment
            environment["SETUP_TOKEN"] = token
            environment["PUBLIC_URL"] = nil
            try await ChildProcess.withRunning(
                BuiltProgram.local,
                ["run", "--port", String(stage.port), "--host", "0.0.0.0", "--at", "00:00"],
                environment: environment, in: stage.folder
            ) { runner in
                let home = "http://127.0.0.1:\(stage.port)"
                try await runner.wait(for: "its page") {
                    (try? await Stage.get("\(home)/healthz"))?.status == 200
                }
                #expect(try await Stage.get("\(home)/setup").status == 401)
                #expect(try await Stage.get("\(home)/setup?token=wrong").status == 401)
                func ask(
                    _ path: String, _ fields: [String], _ method: String = "GET"
                ) async throws
                    -> String
                {
                    let head = ["\(method) \(path) HTTP/1.1", "connection: close"] + fields
                    return try await PlainHTTP.exchange(
                        head.joined(separator: "\r\n") + "\r\n\r\n", with: Int(stage.port))
                }
                let own = "host: 127.0.0.1:\(stage.port)"
                for path in ["/setup", "/setup/callback?code=a&state=b"] {
                    let foreign = try await ask(path, ["host: evil.example"])
                    #expect(foreign.hasPrefix("HTTP/1.1 403"), "\(foreign)")
                }
                // The callback is guarded by its state, and says so.
                let forged = try await ask("/setup/callback?code=a&state=b", [own])
                #expect(forged.hasPrefix("HTTP/1.1 400"), "\(forged)")
                #expect(forged.contains("not begun in this browser"))

                var browser = WalkingBrowser()
                try await browser.open("\(home)/setup?token=\(token)")
                #expect(browser.address == "\(home)/setup")
                #expect(!browser.page.page.contains(token))
                try await browser.press("Create GitHub App")
                try await browser.press("Create GitHub App")
                #expect(browser.address.contains("/installations/new?state="))
                #expect(!runner.output.contains(token))
                runner.terminate()
                try await runner.waitForEnd()
            }
        }
    }

    @Test("works from a terminal, which waits for GitHub and says what it stored")
    func terminal() async throws {
        try await stage { stage in
            let none = try await stage.local("setup", "--print")
            #expect(none.status == 1 || none.status == 2)
            #expect(none.errors.contains("setup"), "\(none.errors)")
            let (_, status) = try await ChildProcess.ending(
                BuiltProgram.local, ["setup", "--organization", "acme"],
                environment: stage.environment, in: stage.folder
            ) { command in
                try await command.wait(for: "the address") { command.output.contains("/setup") }
                let found = try #require(
                    command.output.firstMatch(of: /Open (http:\/\/127\.0\.0\.1:\d+\/\S+)/))
                var browser = WalkingBrowser()
                try await browser.open(String(found.output.1))
                #expect(browser.page.page.contains("Create the App under acme"))
                try await browser.press("Create GitHub App")
                try await browser.press("Create GitHub App")
                #expect(browser.page.status == 200)
                #expect(browser.page.page.contains("is stored"))
                try await command.waitForEnd()
                let app = try #require(stage.github.app)
                #expect(command.output.contains("Stored the App \(app.slug)"), "\(command.output)")
                #expect(!command.output.contains(app.clientSecret.reveal { $0 }))
                #expect(app.callbackURLs == ["http://127.0.0.1:\(stage.port)/authorize/callback"])
            }
            #expect(status == 0)
            let set = try await stage.local(
                "setup",
                with: ["GITHUB_APP_CLIENT_ID": "Iv23li", "GITHUB_APP_CLIENT_SECRET": "secret"])
            #expect(set.status == 2)
            #expect(set.errors.contains("set variables win"), "\(set.errors)")
            #expect(stage.github.violations == [])
        }
    }
}
