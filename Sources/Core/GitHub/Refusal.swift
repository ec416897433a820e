import Toolbox
import Domain
import Ports

/// What an answer that is not a success means: the one table.
///
/// The first row that fits decides. The status and the header fields come first; GitHub's sentence
/// is consulted for documented phrases alone, because a 403 has half a dozen meanings.
/// Sources: <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>, and
/// the status tables of the endpoints.
enum Refusal {
    private struct Row: Sendable {
        let statuses: ClosedRange<Int>
        let tells: @Sendable (Answer) -> Bool
        let code: Failure.Code
        let advice: @Sendable (Refused) -> String
    }

    /// What was asked and refused, as far as a person has to know of it.
    private struct Refused: Sendable {
        let question: Question
        /// How long GitHub asks to wait.
        let delay: Duration?
        /// How far this machine's clock is ahead of GitHub's, in seconds; nil if GitHub did not say.
        let clockLead: Int64?

        var organization: String { question.organization }
        var subject: String { question.subject }
    }

    /// How far clocks may differ, in seconds, before GitHub refuses what the App signed for its
    /// times alone: it is signed as of a minute ago, for nine minutes.
    private static let clockLeads: ClosedRange<Int64> = -540...60

    // swift-format-ignore
    private static let rows: [Row] = [
        // Asked too often. A limit that names its wait, or itself, is a limit whatever else it is.
        Row(statuses: 429...429, tells: { _ in true }, code: .rateLimited, advice: limited),
        Row(statuses: 403...403, tells: names("retry-after"), code: .rateLimited, advice: limited),
        Row(statuses: 403...403, tells: says("rate limit exceeded", "secondary rate limit", "abuse detection"), code: .rateLimited, advice: limited),
        // Refusals that have a sentence of their own.
        Row(statuses: 403...403, tells: says("copilot usage metrics' policy", "copilot usage metrics policy"), code: .policyOff, advice: policy),
        Row(statuses: 403...403, tells: says("installation has been suspended"), code: .suspended, advice: suspended),
        Row(statuses: 403...403, tells: says("resource not accessible by"), code: .forbidden, advice: permission),
        Row(statuses: 403...403, tells: names("x-github-sso"), code: .forbidden, advice: signOn),
        Row(statuses: 403...403, tells: says("saml enforcement", "saml sso"), code: .forbidden, advice: signOn),
        Row(statuses: 403...403, tells: says("ip allow list"), code: .forbidden, advice: allowList),
        // The last request of an hour may be refused for a reason above; without one it is the limit.
        Row(statuses: 403...403, tells: { RateLimit.isUsedUp($0.fields) }, code: .rateLimited, advice: limited),
        Row(statuses: 403...403, tells: { _ in true }, code: .forbidden, advice: role),
        // The token.
        Row(statuses: 401...401, tells: { _ in true }, code: .unauthorized, advice: token),
        // What is asked for.
        Row(statuses: 404...404, tells: { _ in true }, code: .notFound, advice: \.question.missing),
        Row(statuses: 410...410, tells: { _ in true }, code: .misconfigured, advice: version),
        // The server.
        Row(statuses: 408...408, tells: { _ in true }, code: .unavailable, advice: trouble),
        Row(statuses: 500...599, tells: { _ in true }, code: .unavailable, advice: trouble),
    ]

    /// Finds what an answer means.
    ///
    /// - Parameters:
    ///   - answer: An answer whose status is not from 200 to 299.
    ///   - question: What it answers.
    ///   - now: When it arrived; a named reset is counted from here.
    /// - Returns: A failure whose sentence says what to do.
    static func failure(
        for answer: Answer, to question: Question, at now: Timestamp
    ) -> Failure {
        guard let row = rows.first(where: { $0.statuses ~= answer.status && $0.tells(answer) })
        else {
            return Failure(
                .malformedReply,
                "GitHub answers \(answer.status) about \(question.subject), which its reference "
                    + "does not describe; look for a newer version of this program")
        }
        var delay: Duration?
        if row.code == .rateLimited {
            delay = RateLimit.wait(answer.fields, at: now) ?? RateLimit.waitDefault
        } else if row.code == .unavailable {
            delay = RateLimit.wait(answer.fields, at: now)
        }
        let lead = answer.fields["date"].flatMap(HTTPDate.parse).map {
            now.seconds - $0.seconds
        }
        let advice = row.advice(Refused(question: question, delay: delay, clockLead: lead))
        // The App's own token is refused for what an operator set, not for what a person did.
        if row.code == .unauthorized, case .app = question.caller {
            return Failure(.misconfigured, advice)
        }
        return Failure(row.code, advice, delay: delay)
    }

    // MARK: How a row is told

    private static func names(_ field: String) -> @Sendable (Answer) -> Bool {
        { $0.fields[field] != nil }
    }

    private static func says(_ phrases: String...) -> @Sendable (Answer) -> Bool {
        { answer in
            let message = answer.message.lowercased()
            return phrases.contains { message.contains($0) }
        }
    }

    // MARK: What a person should do

    private static func limited(_ refused: Refused) -> String {
        limited(refused.question, for: refused.delay ?? RateLimit.waitDefault)
    }

    /// Says that a limit of requests is reached, and for how long.
    static func limited(_ question: Question, for delay: Duration) -> String {
        """
        GitHub asks for fewer requests: wait \(words(delay.secondsRoundedUp)) before \
        \(question.subject) is asked for again
        """
    }

    private static func words(_ seconds: Int) -> String {
        seconds < 120 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
    }

    private static func policy(_ refused: Refused) -> String {
        """
        the policy "Copilot usage metrics" is off for \(refused.organization): set it to \
        "Enabled everywhere" in the Copilot policies of the enterprise, or of the organization if \
        it has none; the first report follows a day later
        """
    }

    private static func suspended(_ refused: Refused) -> String {
        """
        the App's installation on \(refused.organization) is suspended: an owner can unsuspend it \
        in the organization's settings, under GitHub Apps
        """
    }

    private static func permission(_ refused: Refused) -> String {
        refused.question.permission?.advice(for: refused.organization)
            ?? "the App may not read \(refused.subject): compare its permissions with the manual"
    }

    private static func signOn(_ refused: Refused) -> String {
        """
        \(refused.organization) asks for single sign-on: sign in to it in the browser, then \
        authorize again
        """
    }

    private static func allowList(_ refused: Refused) -> String {
        """
        the IP allow list of \(refused.organization) does not have this machine's address: an \
        owner must add it, or allow the addresses of installed GitHub Apps
        """
    }

    private static func role(_ refused: Refused) -> String {
        """
        GitHub refuses \(refused.subject): the person must be an owner of \
        \(refused.organization), and the App approved there
        """
    }

    private static func token(_ refused: Refused) -> String {
        switch refused.question.caller {
        case .app: signature(refused.clockLead)
        case .person:
            "GitHub does not accept the person's authorization any more: authorize again"
        case .installation:
            """
            GitHub does not accept the installation's token any more: the App may have been \
            uninstalled from \(refused.organization)
            """
        }
    }

    /// Why GitHub does not accept what the App signed: its times if the clocks differ, else the key.
    private static func signature(_ clockLead: Int64?) -> String {
        let refusal = "GitHub does not accept the App's signature"
        let key = "GITHUB_APP_PRIVATE_KEY must be a key of the App that GITHUB_APP_ID names"
        guard let clockLead else {
            return "\(refusal): \(key), and this machine's clock must be right"
        }
        guard !clockLeads.contains(clockLead) else { return "\(refusal): \(key)" }
        let side = clockLead < 0 ? "behind" : "ahead of"
        // To the minute, so that one cause reads the same each time.
        let minutes = max(1, (Int(abs(clockLead)) + 30) / 60)
        return """
            \(refusal), because this machine's clock is \(words(minutes * 60)) \(side) GitHub's: \
            let it keep its time by NTP
            """
    }

    private static func version(_: Refused) -> String {
        """
        GitHub no longer serves the version of its interface that is asked for; look for a newer \
        version of this program
        """
    }

    private static func trouble(_ refused: Refused) -> String {
        "GitHub cannot answer about \(refused.subject) at the moment"
    }
}
