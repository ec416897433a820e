import Domain
import GitHub
import Ports

extension DoctorChecks {
    /// From here on GitHub may refuse what the App signs.
    ///
    /// A token says that it was made a minute ago and ends in nine, and GitHub takes none that ends
    /// in more than ten: so a clock that is a minute ahead makes tokens that are refused. Source:
    /// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>.
    private static let skewMax: Duration = .seconds(60)
    /// From here on a person should look at the clock before it is too late.
    private static let skewDoubtful: Duration = .seconds(30)

    /// Asks GitHub who the App is, and compares clocks by the same answer.
    func examineApp() async {
        var answer: AppResponse?
        await check(.gitHub) { () async throws(Failure) in
            answer = try await github.currentApp()
            return .ok("it answers at \(github.endpoints.api)")
        }
        guard let answer else { return skip([.clock, .appKey], needs: .gitHub) }
        await check(.clock) { () throws(Failure) in Self.judge(answer.clockLead) }
        // A token that is refused by its times says nothing of the key.
        let isRefused = if case .failure = answer.app { true } else { false }
        await check(.appKey, needs: isRefused ? [.clock] : []) { () throws(Failure) in
            compare(try answer.app.get())
        }
    }

    /// Judges how far ahead this machine's clock is.
    static func judge(_ lead: Duration?) -> Finding {
        guard let lead else {
            return .warning(
                "GitHub's answer has no date",
                fix: "see whether a proxy takes the header field \"date\" away, and check this "
                    + "machine's clock by hand")
        }
        let seconds = abs(lead.components.seconds)
        let side = lead < .zero ? "behind" : "ahead of"
        let fix = "let this machine keep its time by NTP, for example with systemd-timesyncd"
        switch max(lead, .zero - lead) {
        case ...skewDoubtful: return .ok("it agrees with GitHub's within \(max(seconds, 2)) s")
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
        guard wrong.isEmpty else {
            return .problem(
                "it is that of \(name), and \(wrong.map(\.0).joined(separator: ", ")) names "
                    + "another App",
                fix: "set " + wrong.map { "\($0.0) to \($0.2)" }.joined(separator: " and ")
                    + ", or GITHUB_APP_PRIVATE_KEY to a key of the other App")
        }
        let slug = app.slug ?? ""
        guard settings.slug.isEmpty, !slug.isEmpty else { return .ok("it is that of \(name)") }
        return .warning(
            "it is that of \(name), and GITHUB_APP_SLUG is not set",
            fix: "set GITHUB_APP_SLUG to \(slug), so that pages can say where to install the App")
    }
}
