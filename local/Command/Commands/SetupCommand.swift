import ArgumentParser
import Authorization
import Deployment
import Domain
import GitHub
import HTTPHost
import Host
import Ports
import Runner
import Synchronization
import Toolbox

/// Makes the GitHub App, or prints the one that was made.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Makes the GitHub App in a browser, and stores its credentials.",
        discussion: """
            Prints an address on loopback. Open it, and create the App on GitHub. Its ID, slug, \
            client ID, client secret and private key are sealed in the state store, where every \
            function finds them when no GITHUB_APP_… variable is set. Nothing is done if an App is \
            stored already and GitHub knows it.

            Authorizations come back to PUBLIC_URL, so set it, and STATE_STORE and \
            STATE_ENCRYPTION_KEYS, as in the deployment. `copilot-local run` has the same page.

            --print prints the stored App as variables, for a secret manager. It changes nothing.

            EXAMPLES
              copilot-local setup
              copilot-local setup --organization acme --private
              copilot-local setup --print > app.env

            EXIT STATUS
              0  an App is stored
              1  GitHub or the state store failed
              2  wrong usage or configuration, or --print without a stored App
              130  interrupted before an App was made
            """)

    @Flag(name: .customLong("print"), help: "Print the stored App as variables: secrets.")
    var isPrinting = false

    @Option(help: ArgumentHelp("The organization to own the App.", valueName: "login"))
    var organization: OrganizationLogin?

    @Flag(name: .customLong("private"), help: "Let no other organization install the App.")
    var isPrivate = false

    @Option(
        parsing: .unconditional, help: "The port to listen on; 0 for any free port.",
        transform: Arguments.port)
    var port = 0

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard !isPrivate || organization != nil else {
            throw ValidationError(
                "--private needs --organization: an App of a person can be installed on no"
                    + " organization if it is private.")
        }
    }

    func run() async throws {
        // It needs what a tick needs: the store and its keys. No function is run.
        let runtime = try Runtime(
            options, for: [.onDailyTick], needsState: isPrinting,
            access: isPrinting ? .reading : .creating)
        if isPrinting { return try await showVariables(runtime) }
        guard runtime.settings.usesStoredApp else {
            throw Failure(
                .misconfigured,
                """
                The GITHUB_APP_… variables name an App already, and set variables win over a stored \
                App. Remove them to make another one.
                """)
        }
        if let stored = try await runtime.appSource.stored(),
            try await !isGone(stored, runtime)
        {
            return show(stored, runtime, isNew: false)
        }
        show(try await make(runtime), runtime, isNew: true)
    }

    /// Whether GitHub does not know a stored App any more, so that another one is to be made.
    private func isGone(_ stored: StoredApp, _ runtime: Runtime) async throws -> Bool {
        let setup = Self.routes(runtime, at: "http://127.0.0.1").setup
        switch await setup.standing(of: stored) {
        case .there: return false
        case .renamed(let name):
            try await setup.takeName()
            Terminal.say("On GitHub the App \(stored.app.slug) is now named \(name). Stored.")
            return false
        case .gone(let reason):
            Terminal.say(
                "GitHub does not accept the stored App \(stored.app.slug) any more: \(reason)."
                    + " Create it again; the new one takes its place.")
            return true
        case .unknown(let reason):
            throw Failure(
                .unavailable,
                "\(stored.app.slug) is stored, but GitHub could not be asked about it: \(reason).")
        }
    }

    private static func routes(_ runtime: Runtime, at url: String) -> SetupRoutes {
        let guarding = PageGuard(runtime, listeningOn: "127.0.0.1", at: url)
        let home = runtime.settings.publicURL?.description ?? url
        return SetupRoutes(
            runtime, guarding, at: url, callbackURLs: ["\(home)/authorize/callback"])
    }

    // MARK: Making one

    /// Serves the page until an App is stored.
    private func make(_ runtime: Runtime) async throws -> StoredApp {
        let site = Mutex<TerminalSetup?>(nil)
        let made = Mutex<StoredApp?>(nil)
        let (ends, end) = AsyncStream.makeStream(of: Never.self)
        let server = HTTPServer(host: "127.0.0.1", port: port, logger: runtime.logger) { request in
            guard let site = site.withLock(\.self) else { return .text(503, "Not ready yet.") }
            let (response, app) = await site.answer(request)
            if let app {
                made.withLock { $0 = app }
                end.finish()
            }
            return response
        }
        let query =
            organization.map { "?organization=\($0)\(isPrivate ? "&public=false" : "")" } ?? ""
        do {
            // The last response is sent before the server ends.
            try await server.runUntilSignalled {
                for await _ in ends {}
            } onReady: { port in
                let url = "http://127.0.0.1:\(port)"
                site.withLock { $0 = TerminalSetup(runtime, at: url) }
                Terminal.say("Open \(url)/setup\(query) in a browser, and create the App.")
                Terminal.say("Waiting for GitHub. Stop with Ctrl-C.")
            }
        } catch {
            throw Failure.cannotListen(
                on: "127.0.0.1, port \(port)", error,
                advice: "Choose another port with --port.")
        }
        guard let app = made.withLock(\.self) else {
            throw Failure(.cancelled, "Stopped. No App was stored.")
        }
        return app
    }

    // MARK: What is stored

    private struct Shown: Encodable {
        var id: Int64
        var slug: String
        var clientID: String
        var owner: String?
        var page: String
        var made: Timestamp
        var isNew: Bool
    }

    private func show(_ stored: StoredApp, _ runtime: Runtime, isNew: Bool) {
        let app = stored.app
        guard !options.json else {
            return Terminal.show(
                json: JSON.encode(
                    Shown(
                        id: app.id, slug: app.slug, clientID: app.clientID, owner: app.owner,
                        page: stored.page, made: stored.made, isNew: isNew)))
        }
        let home = runtime.settings.publicURL?.description ?? ""
        let owner = app.owner.map { ", owned by \($0)" } ?? ""
        let place = runtime.settings.stateStore?.name ?? "the state store"
        Terminal.show([
            "\(isNew ? "Stored the App" : "There is an App already:") \(app.slug)"
                + " (App ID \(app.id))\(owner).",
            "Its ID, slug, client ID, client secret and private key are sealed in \(place).",
            "Next: start copilot-local run or your deployment, and open"
                + " \(home)/authorize?install=true to install it.",
        ])
    }

    private func showVariables(_ runtime: Runtime) async throws {
        guard
            let (stored, _) = try await StoredApp.read(
                from: runtime.adapters.store, runtime.adapters.vault)
        else {
            throw Failure(
                .misconfigured,
                "No App is stored here. Make one with `copilot-local setup`, or name the"
                    + " STATE_STORE that it was stored in.")
        }
        Terminal.say(
            "These are secrets: whoever has them acts as the App \(stored.app.slug). Put them into"
                + " a secret manager, and do not leave them in a file or a terminal.")
        let variables = stored.app.variables.byName
        guard !options.json else { return Terminal.show(json: JSON.encode(variables)) }
        Terminal.show(EnvironmentText.lines(variables))
    }
}

/// What the command answers to a browser.
private struct TerminalSetup: Sendable {
    private let pageGuard: PageGuard
    private let setup: SetupRoutes
    private let home: String

    init(_ runtime: Runtime, at url: String) {
        pageGuard = PageGuard(runtime, listeningOn: "127.0.0.1", at: url)
        home = runtime.settings.publicURL?.description ?? url
        setup = SetupRoutes(
            runtime, pageGuard, at: url, callbackURLs: ["\(home)/authorize/callback"])
    }

    /// Answers a request.
    ///
    /// - Returns: The response, and the App once one is stored.
    func answer(_ request: HTTPServerRequest) async -> (HTTPServerResponse, StoredApp?) {
        let event: WebEvent
        switch pageGuard.verdict(on: request.webEvent, to: request.path) {
        case .answer(let admitted): event = admitted
        case .refuse(let result): return (HTTPServerResponse(result), nil)
        }
        switch request.path {
        case "/":
            return (HTTPServerResponse(status: 303, fields: ["location": "/setup"]), nil)
        case "/healthz": return (.text(200, "ok"), nil)
        case "/setup": return (await setup.answer(request, event), nil)
        case "/setup/callback":
            switch await setup.finish(event) {
            case .failure(let answered): return (answered.response, nil)
            case .success(let app): return (HTTPServerResponse(finished(app)), app)
            }
        default: return (.text(404, "Open /setup."), nil)
        }
    }

    private func finished(_ stored: StoredApp) -> WebResult {
        WebResult(
            status: 200,
            page: AuthorizationPage(
                title: "\(stored.app.slug) is stored",
                parts: [
                    .text(
                        """
                        You can close this page. Start copilot-local run or your deployment, then \
                        install the App.
                        """),
                    .link("Install the App", to: "\(home)/authorize?install=true"),
                ]))
    }
}
