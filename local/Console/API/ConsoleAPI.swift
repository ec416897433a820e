import Charts
import Domain
import Ports
import Runner
import SampleIndex
import Toolbox
import Worker

/// The data of the pages as JSON.
enum ConsoleAPI {
    /// An organization and its newest day.
    struct Organization: Encodable {
        var organization: OrganizationLogin
        var integration: IntegrationID
        var installation: InstallationID
        var suspendedAt: Timestamp?
        var newest: Day?
        /// `good`, `open`, `bad` or `none`.
        var state: String
        /// The state in words.
        var summary: String

        init(_ item: OrganizationDays) {
            organization = item.organization
            integration = item.integration
            installation = item.installation
            suspendedAt = item.suspendedAt
            newest = item.days.last?.day
            state = item.days.last?.state.rawValue ?? "none"
            summary = item.days.last?.words ?? "nothing yet"
        }
    }

    struct Organizations: Encodable {
        var organizations: [Organization]
    }

    struct Days: Encodable {
        var manifests: [Manifest]
    }

    struct Checks: Encodable {
        /// When the checks ended; nil if none did yet.
        var at: Timestamp?
        /// Whether checks are under way.
        var running: Bool
        var checks: [Check]
    }

    struct People: Encodable {
        var people: [PersonDocument]
        /// What could not be read.
        var problems: [String]
    }

    struct PersonDocument: Encodable {
        var login: String
        var id: String?
        var daysActive: Int
        var lastActive: Day?
        var prompts: Double?
        var generated: Double?
        var accepted: Double?
        var linesAdded: Double?
        var mainEditor: String?
        var mainFeature: String?

        init(_ person: PersonUse) {
            login = person.login
            id = person.id
            daysActive = person.dayCount
            lastActive = person.newest
            prompts = person.interactions
            generated = person.generated
            accepted = person.accepted
            linesAdded = person.linesAdded
            mainEditor = person.editor
            mainFeature = person.feature
        }
    }

    struct EventList: Encodable {
        /// Pending events and dead letters.
        var queued: [QueuedEvent]
        /// Attempts, oldest first.
        var attempts: [JournalEntry]
    }

    /// The series of a metric.
    struct SeriesDocument: Encodable {
        var metric: String
        var unit: String
        var series: [Series]
        /// What could not be read.
        var problems: [String]

        struct Series: Encodable {
            var labels: [String: String]
            var points: [Point]
        }

        /// A day and its value, as a list of two.
        struct Point: Encodable {
            var day: Day
            var value: Double

            func encode(to encoder: any Encoder) throws {
                var list = encoder.unkeyedContainer()
                try list.encode(day)
                if let whole = Int64(exactly: value) {
                    try list.encode(whole)
                } else {
                    try list.encode(value)
                }
            }
        }

        init(_ metric: Metric, _ answer: SeriesAnswer, by labels: [String]?) {
            self.metric = metric.name
            unit = metric.unit.rawValue
            problems = answer.problems
            let found = labels.map { answer[metric.name].summed(by: $0) } ?? answer[metric.name]
            series = found.map { one in
                Series(
                    labels: one.labels,
                    points: one.values.enumerated().compactMap { place, value in
                        // JSON has no infinity and no NaN.
                        guard let value, value.isFinite else { return nil }
                        return Point(day: answer.days.lowerBound.advanced(by: place), value: value)
                    })
            }
        }
    }

    private struct ErrorDocument: Encodable {
        var error: Content
        struct Content: Encodable {
            var code: String
            var message: String
        }
    }

    static func response(_ value: some Encodable, status: Int = 200) -> ConsoleResponse {
        ConsoleResponse(
            status: status,
            fields: [
                "content-type": "application/json", "cache-control": "no-store",
                "x-content-type-options": "nosniff",
            ], body: JSON.encode(value))
    }

    static func refusal(_ status: Int, _ code: String, _ message: String) -> ConsoleResponse {
        response(ErrorDocument(error: .init(code: code, message: message)), status: status)
    }
}
