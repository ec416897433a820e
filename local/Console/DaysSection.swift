import Domain
import HTML

/// The newest days: an outcome per organization, source and day, with the reasons below.
enum DaysSection {
    static func html(_ manifests: [Manifest]) -> HTML {
        let days = Set(manifests.map(\.day)).sorted().suffix(ConsolePage.dayCountMax)
        guard !days.isEmpty else {
            return
                "<h2>Collected</h2>\n<p>Nothing yet. The next daily tick collects the first days.</p>"
        }
        let shown = manifests.filter { days.contains($0.day) }
        let byOrganization = Dictionary(grouping: shown, by: \.organization.description)
            .sorted { $0.key < $1.key }
        return """
            <h2>Collected</h2>
            <div class="wide"><table>
            <thead><tr><th scope="col">Organization</th><th scope="col">Source</th>\
            \(days.map { "<th scope=\"col\">\($0)</th>" as HTML })</tr></thead>
            <tbody>
            \(byOrganization.flatMap { rows($0.key, $0.value, Array(days)) })
            </tbody></table></div>
            \(reasons(shown))
            """
    }

    private static func rows(
        _ organization: String, _ manifests: [Manifest], _ days: [Day]
    ) -> [HTML] {
        Source.allCases.enumerated().map { place, source in
            let cells = days.map { day in
                cell(manifests.last { $0.day == day }?.sources[source])
            }
            return """
                <tr><th scope="row">\(place == 0 ? organization : "")</th>\
                <td>\(source.rawValue)</td>\(cells)</tr>
                """
        }
    }

    private static func cell(_ result: SourceResult?) -> HTML {
        guard let result else { return "<td class=\"quiet\">–</td>" }
        let samples: HTML =
            result.samples == 0 ? "" : " <span class=\"quiet\">\(result.samples)</span>"
        return """
            <td class="\(tone(result.outcome))" title="\(result.reason ?? "")">\
            \(result.outcome.rawValue)\(samples)</td>
            """
    }

    private static func tone(_ outcome: Outcome) -> String {
        if outcome.isFault { return "bad" }
        if outcome == .notApplicable { return "quiet" }
        return outcome.isSettled ? "good" : "open"
    }

    /// The reasons for missing data, each once.
    private static func reasons(_ manifests: [Manifest]) -> HTML {
        var seen: Set<String> = []
        var items: [HTML] = []
        for manifest in manifests.sorted(by: { $0.day > $1.day }) {
            let whole = manifest.reason.map { ("all sources", "bad", $0) }
            let single = Source.allCases.compactMap { source -> (String, String, String)? in
                guard let result = manifest.sources[source], let reason = result.reason,
                    result.outcome != .notApplicable
                else { return nil }
                return (source.rawValue, tone(result.outcome), reason)
            }
            for (what, tone, reason) in [whole].compactMap({ $0 }) + single
            where seen.insert("\(manifest.organization)/\(what)/\(reason)").inserted {
                items.append(
                    """
                    <li><span class="\(tone)">\(manifest.organization), \(what), \
                    \(manifest.day)</span>: \(reason)</li>
                    """)
            }
        }
        return items.isEmpty ? "" : "<ul>\n\(items)\n</ul>"
    }
}
