import Domain
import Toolbox

/// A diagnosis as text.
public enum DiagnosisText {
    /// The most subjects that are named in one line.
    private static let subjectCountMax = 3

    /// The table of checks, the fixes, and the totals.
    ///
    /// Equal findings have one line, with all that they are about.
    public static func lines(_ diagnosis: Diagnosis, _ style: TextStyle) -> [String] {
        var table = Table([
            .words("CHECK"), .words("OF"), .words("RESULT"), .words("FINDING"),
        ])
        let groups = diagnosis.checks.grouped { check in
            [check.name.rawValue, check.outcome.rawValue, check.seen, check.fix ?? ""]
        }
        for (_, checks) in groups {
            let check = checks[0]
            table.add([
                "\(check.name.rawValue)", Table.Cell(subjects(checks)),
                Table.Cell(check.outcome.rawValue, check.outcome.tone), Table.Cell(check.seen),
            ])
        }
        return table.lines(style) + advice(diagnosis, style) + ["", sum(diagnosis)]
    }

    /// The fixes, each once.
    private static func advice(_ diagnosis: Diagnosis, _ style: TextStyle) -> [String] {
        let lines = diagnosis.checks.filter { $0.fix != nil }.grouped { $0.fix ?? "" }
            .flatMap { fix, checks -> [String] in
                let heads = checks.grouped(by: \.name).map { name, checks -> String in
                    let about = subjects(checks)
                    return "  \(name.rawValue)\(about.isEmpty ? "" : " of \(about)")"
                }
                return heads.map { style($0, checks[0].outcome.tone) }
                    + style.prose(fix, indent: "    ")
            }
        return lines.isEmpty ? [] : ["", style("What to do", .heading)] + lines
    }

    private static func subjects(_ checks: [Check]) -> String {
        let names = checks.compactMap(\.about)
        let more = names.count - subjectCountMax
        return names.prefix(subjectCountMax).joined(separator: ", ")
            + (more > 0 ? " and \(more) more" : "")
    }

    private static func sum(_ diagnosis: Diagnosis) -> String {
        Check.Outcome.allCases.compactMap { outcome -> String? in
            let count = diagnosis.checks.count { $0.outcome == outcome }
            guard count > 0 else { return nil }
            let isCounted = outcome == .warning || outcome == .problem
            return "\(count) \(outcome.rawValue)\(isCounted && count > 1 ? "s" : "")"
        }.joined(separator: ", ")
    }
}

extension Check.Outcome {
    fileprivate var tone: TextStyle.Tone {
        switch self {
        case .ok: .good
        case .warning: .doubtful
        case .problem: .bad
        case .skipped: .quiet
        }
    }
}
