import Toolbox

/// A diagnosis as text.
public enum DiagnosisText {
    /// The table of checks, the fixes, and the totals.
    public static func lines(_ diagnosis: Diagnosis, _ style: TextStyle) -> [String] {
        var table = Table([
            .words("CHECK"), .words("OF"), .words("RESULT"), .words("FINDING"),
        ])
        for check in diagnosis.checks {
            table.add([
                "\(check.name.rawValue)", Table.Cell(check.about ?? ""),
                Table.Cell(check.outcome.rawValue, check.outcome.tone), Table.Cell(check.seen),
            ])
        }
        return table.lines(style) + advice(diagnosis, style) + ["", sum(diagnosis)]
    }

    private static func advice(_ diagnosis: Diagnosis, _ style: TextStyle) -> [String] {
        let lines = diagnosis.checks.flatMap { check -> [String] in
            guard let fix = check.fix else { return [] }
            let subject = [check.name.rawValue, check.about].compactMap(\.self)
            return [style("  \(subject.joined(separator: " of "))", check.outcome.tone)]
                + style.prose(fix, indent: "    ")
        }
        return lines.isEmpty ? [] : ["", style("What to do", .heading)] + lines
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
