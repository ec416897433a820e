import Domain

/// Splits a tick over many integrations into ticks over one each.
///
/// A tick over one integration waits for no other, and is retried alone. Integrations with an
/// organization in common stay together, because only one of them collects it.
enum TickSplit {
    /// What tells an organization apart: its number, and its login without case, because samples of
    /// two logins that differ in case only would be in the same series.
    private enum Mark: Hashable {
        case number(Int64)
        case login(String)
    }

    /// Finds the ticks that take the place of one.
    ///
    /// It goes by the organizations that the latest tick listed. One that two integrations reach for
    /// the first time is therefore collected by both, once: the same samples twice.
    ///
    /// - Returns: The integrations of each tick; empty if one tick is to read all of them, because they
    ///   are few, or because it is not known which of them have organizations in common.
    static func groups(of integrations: [StoredIntegration]) -> [[IntegrationID]] {
        guard integrations.count > DailyTick.integrationCountMax else { return [] }
        var groups: [(ids: [IntegrationID], marks: Set<Mark>)] = []
        for stored in integrations {
            guard let id = stored.id else { return [] }
            var group = (ids: [id], marks: Set<Mark>())
            // What cannot be read has a tick of its own, which says why.
            if let integration = try? stored.found.get().integration {
                guard integration.isListComplete else { return [] }
                group.marks = marks(of: integration.organizations)
            }
            for other in groups where !other.marks.isDisjoint(with: group.marks) {
                group = (other.ids + group.ids, other.marks.union(group.marks))
            }
            groups.removeAll { group.ids.contains($0.ids[0]) }
            groups.append(group)
        }
        guard groups.allSatisfy({ $0.ids.count <= DailyTick.integrationCountMax }) else {
            return []
        }
        return groups.map { $0.ids.sorted() }
    }

    private static func marks(of installations: [Installation]) -> Set<Mark> {
        Set(
            installations.flatMap { installation in
                [
                    .number(installation.organizationID),
                    .login(installation.organization.description.lowercased()),
                ]
            })
    }
}
