import Domain
import Ports

extension CollectOrg {
    /// Writes samples about a collection of a day, and returns the notice if that fails.
    ///
    /// They are about the collector. Nobody's numbers depend on them, so a failure is told, and the day
    /// comes out as if they had been written.
    func write(_ report: CollectorReport, about event: CollectEvent) async -> Problem? {
        guard settings.isReportingItself, let reason = await sink.refusal(of: report) else {
            return nil
        }
        return Problem(
            .collectorMetrics, "collector-metrics/\(event.integration)/\(event.installation)",
            level: .notice, integration: event.integration.description,
            organization: event.organization.description,
            text: "the samples about the collector were not written: \(reason)",
            remedy: """
                Copilot's metrics are not affected. Run copilot-local doctor, which asks the backend, or \
                set COLLECTOR_METRICS=off to do without
                """, at: report.time)
    }
}

extension CollectorReport {
    /// Describes a collection of a day that came to a manifest.
    ///
    /// - Parameters:
    ///   - days: The days of the organization that have been collected, and whether each is final.
    ///   - problems: The organization's problems, this day taken into account.
    init(
        _ manifest: Manifest, _ measures: RunMeasures, days: [Day: Bool], problems: [Problem],
        tags: SampleTags
    ) async {
        self.init(
            at: Self.moment(collecting: manifest.day, at: manifest.readAt), tags: tags)
        let organization = ["organization": manifest.organization.description]
        let spent = await measures.spent
        for source in Source.allCases {
            guard let result = manifest.sources[source] else { continue }
            let labels = organization.merging(["source": source.rawValue]) { $1 }
            add(.outcome, result.outcome, labels)
            add(.samples, Double(result.samples), labels)
            add(.restatedSamples, Double(result.changes?.count ?? 0), labels)
            if let spent = spent[source] {
                add(.duration, spent.duration / .seconds(1), labels)
                add(.requests, Double(spent.requestCount), labels)
            }
            if result.digest != nil {
                add(.reportDay, endOf: manifest.day, labels)
            }
            addAttention(problems, source, labels)
        }
        for (resource, left) in await measures.remaining.sorted(by: { $0.key < $1.key }) {
            add(.rateLimit, Double(left), organization.merging(["resource": resource]) { $1 })
        }
        add(days, today: Day(containing: manifest.readAt), organization)
    }

    /// Describes a collection of a day that failed before anything could be read.
    init(failing event: CollectEvent, at now: Timestamp, tags: SampleTags) {
        self.init(at: Self.moment(collecting: event.day, at: now), tags: tags)
        for source in Source.allCases {
            add(
                .outcome, .failed,
                ["organization": event.organization.description, "source": source.rawValue])
        }
    }

    private mutating func addAttention(
        _ problems: [Problem], _ source: Source, _ labels: [String: String]
    ) {
        for outcome in Outcome.allCases where outcome.isFault {
            let days = problems.filter {
                $0.source == source.rawValue && $0.outcome == outcome.rawValue
            }.reduce(0) { $0 + ($1.days?.count ?? 0) }
            add(
                .attentionDays, Double(days),
                labels.merging(["outcome": outcome.rawValue]) { $1 })
        }
    }
}
