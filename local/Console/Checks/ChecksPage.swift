import Domain
import HTML
import Runner
import Toolbox

/// What the doctor found: problems first, with the fix of each.
struct ChecksPage {
    /// The most subjects of one finding that are named.
    private static let subjectCountMax = 5

    /// How things stand; nil if this program does not check.
    let state: LatestDiagnosis.State?
    let refresh: HTML

    var html: HTML {
        """
        <h1>\(title)</h1>
        <p class="quiet">\(when)</p>
        \(state?.diagnosis.map(findings) ?? "")
        """
    }

    private var title: String {
        guard let state else { return "Checks" }
        guard let checks = state.diagnosis?.checks else { return "The checks are under way." }
        let (problems, warnings) = (
            checks.count { $0.outcome == .problem }, checks.count { $0.outcome == .warning }
        )
        let words = [
            problems > 0 ? "\(problems) problem\(problems == 1 ? "" : "s")" : nil,
            warnings > 0 ? "\(warnings) warning\(warnings == 1 ? "" : "s")" : nil,
        ].compactMap(\.self)
        return words.isEmpty ? "Everything checked is fine." : words.joined(separator: ", ") + "."
    }

    private var when: HTML {
        guard let state else {
            return """
                The checks ask GitHub and send a sample to each backend, and these pages change nothing. \
                Run <code>copilot-local doctor</code>, or open this page of \
                <code>copilot-local run</code>.
                """
        }
        let minutes = LatestDiagnosis.freshness.components.seconds / 60
        let last: HTML = state.time.map { "Checked on \($0.words). " } ?? ""
        let next: HTML =
            state.progress.map { "Now checking \($0) … \(refresh)" }
            ?? "Opening this page \(minutes) minutes later checks again."
        return "\(last)\(next)"
    }

    /// Equal findings have one row, with all that they are about.
    private func findings(_ diagnosis: Diagnosis) -> HTML {
        let groups = diagnosis.checks.grouped { check in
            [check.name.rawValue, check.outcome.rawValue, check.seen, check.fix ?? ""]
        }.map(\.1).sorted { Self.rank($0[0].outcome) < Self.rank($1[0].outcome) }
        let rows = groups.map { checks -> HTML in
            let check = checks[0]
            let fix: HTML = check.fix.map { "<p><b>To do:</b> \($0.sentence)</p>" } ?? ""
            return """
                <tr><th scope="row">\(check.name.words)<br><span class="quiet">\(subjects(checks))</span></th>\
                <td><span class="badge \(check.outcome.tone)">\(check.outcome.rawValue)</span></td>\
                <td><p>\(check.seen.sentence)</p>\(fix)</td></tr>
                """
        }
        return """
            <table class="cards"><thead><tr><th scope="col">Check</th><th scope="col">Result</th>\
            <th scope="col">Finding</th></tr></thead><tbody>
            \(rows)
            </tbody></table>
            """
    }

    private static func rank(_ outcome: Check.Outcome) -> Int {
        switch outcome {
        case .problem: 0
        case .warning: 1
        case .ok: 2
        case .skipped: 3
        }
    }

    private func subjects(_ checks: [Check]) -> String {
        let names = checks.compactMap(\.about)
        let more = names.count - Self.subjectCountMax
        return names.prefix(Self.subjectCountMax).joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
    }
}

extension Check.Outcome {
    /// The class that colours the outcome.
    fileprivate var tone: String {
        switch self {
        case .ok: "good"
        case .warning: "open"
        case .problem: "bad"
        case .skipped: "quiet"
        }
    }
}

extension Check.Name {
    /// The check as a person calls it.
    var words: String {
        switch self {
        case .settings: "Settings"
        case .stateStore: "State store"
        case .storedEntries: "Stored entries"
        case .encryptionKey: "Encryption key"
        case .gitHub: "GitHub"
        case .clock: "Clock"
        case .appKey: "The App's key"
        case .billingToken: "Billing token"
        case .authorization: "Authorization"
        case .installation: "Installation"
        case .permissions: "Permissions"
        case .token: "Token"
        case .report: "Reports"
        case .billing: "Bill"
        case .members: "Members"
        case .enterpriseBill: "Enterprise's bill"
        case .outcomes: "Outcomes"
        case .reportHost: "Report files"
        case .backend: "Backend"
        case .query: "Reading back"
        }
    }
}
