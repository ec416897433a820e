import Domain
import GitHub
import Ports

extension DoctorChecks {
    /// Beyond this skew, GitHub may refuse the App's tokens.
    ///
    /// A token is issued a minute in the past and expires in nine minutes, and GitHub accepts at
    /// most ten: so a clock that is a minute ahead makes tokens that are refused. Source:
    /// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>.
    private static let skewMax: Duration = .seconds(60)
    /// Beyond this skew, the clock needs attention before tokens are refused.
    private static let skewDoubtful: Duration = .seconds(30)

    /// Asks GitHub about the App, and compares clocks by the same response.
    func checkApp() async {
        var answer: AppResponse?
        await check(.gitHub) { () async throws(Failure) in
            answer = try await github.currentApp()
            return .ok("GitHub responds at \(github.endpoints.api)")
        }
        guard let answer else { return skip([.clock, .appKey], needs: .gitHub) }
        await check(.clock) { () throws(Failure) in Self.judge(answer.clockLead) }
        // A token that is refused for its times proves nothing about the key.
        let isRefused = if case .failure = answer.app { true } else { false }
        await check(.appKey, needs: isRefused ? [.clock] : []) { () throws(Failure) in
            do throws(Failure) {
                return compare(try answer.app.get())
            } catch  where setup.isAppStored {
                return .problem(
                    "GitHub does not accept the stored App \(github.app.slug): \(error.message)",
                    fix:
                        "if it or its key was deleted on GitHub, create it again on the page /setup "
                        + "of copilot-local run, or with copilot-local setup")
            }
        }
    }

    /// Judges how far ahead this machine's clock is.
    static func judge(_ lead: Duration?) -> Finding {
        guard let lead else {
            return .warning(
                "GitHub's response has no date",
                fix: "check whether a proxy removes the header \"date\", and check this machine's "
                    + "clock by hand")
        }
        let seconds = abs(lead.components.seconds)
        let side = lead < .zero ? "behind" : "ahead of"
        let fix = "synchronize this machine's clock by NTP, for example with systemd-timesyncd"
        switch max(lead, .zero - lead) {
        case ...skewDoubtful: return .ok("within \(max(seconds, 2)) s of GitHub's clock")
        case ...skewMax:
            return .warning("this machine's clock is \(seconds) s \(side) GitHub's", fix: fix)
        default:
            return .problem(
                "this machine's clock is \(seconds) s \(side) GitHub's, so tokens are refused",
                fix: fix)
        }
    }

    /// Compares the App that the key belongs to with the one that the settings name.
    private func compare(_ app: AppIdentity) -> Finding {
        let settings = github.app
        let facts = [
            ("GITHUB_APP_ID", settings.id, String(app.id)),
            ("GITHUB_APP_CLIENT_ID", settings.clientID, app.clientID ?? ""),
            ("GITHUB_APP_SLUG", settings.slug, app.slug ?? ""),
        ].filter { _, _, known in !known.isEmpty }
        let wrong = facts.filter { _, set, known in !set.isEmpty && set != known }
        let name = "\(app.slug ?? "the App") (\(app.id))"
        if setup.isAppStored, let slug = app.slug, slug != settings.slug {
            return .warning(
                "the stored App \(settings.slug) is named \(slug) on GitHub now",
                fix: "take over the name on the page /setup of copilot-local run, or with "
                    + "copilot-local setup")
        }
        guard wrong.isEmpty else {
            return .problem(
                "the key belongs to \(name), but \(wrong.map(\.0).joined(separator: ", ")) names "
                    + "another App",
                fix: "set " + wrong.map { "\($0.0) to \($0.2)" }.joined(separator: " and ")
                    + ", or GITHUB_APP_PRIVATE_KEY to a key of the other App")
        }
        let slug = app.slug ?? ""
        guard settings.slug.isEmpty, !slug.isEmpty else { return .ok("the key belongs to \(name)") }
        return .warning(
            "the key belongs to \(name), but GITHUB_APP_SLUG is not set",
            fix: "set GITHUB_APP_SLUG to \(slug), so that pages can link to the App's installation")
    }
}
