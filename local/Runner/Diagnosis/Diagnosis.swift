public import Domain
import Ports

/// All checks, in the order they ran.
public struct Diagnosis: Codable, Hashable, Sendable {
    /// The checks.
    public private(set) var checks: [Check] = []

    init() {}

    /// Whether the exit status should report a problem.
    public var isFault: Bool { checks.contains { $0.outcome == .problem } }

    /// The diagnosis when the settings cannot be read, which every other check needs.
    ///
    /// - Parameter failure: One line per problem with the settings.
    /// - Returns: A problem with the settings, and everything else skipped.
    public static func unreadable(_ failure: Failure) -> Diagnosis {
        var diagnosis = Diagnosis()
        let lines = failure.message.split(separator: "\n")
        diagnosis.note(
            .settings, nil,
            .problem(
                lines.count == 1 ? "a setting is wrong" : "\(lines.count) settings are wrong",
                fix: lines.joined(separator: "; ")))
        for name in Check.Name.allCases where name != .settings {
            diagnosis.note(name, nil, .skipped(needs: .settings))
        }
        return diagnosis
    }

    mutating func note(_ name: Check.Name, _ about: String?, _ finding: Finding) {
        checks.append(Check(name, about, finding))
    }

    /// The first of `needs` that found a problem or was skipped, for this subject or for all.
    func obstacle(among needs: [Check.Name], about: String?) -> Check.Name? {
        needs.first { name in
            checks.contains { check in
                check.name == name && (check.about == nil || check.about == about)
                    && (check.outcome == .problem || check.outcome == .skipped)
            }
        }
    }
}
