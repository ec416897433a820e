/// A metric about the collector itself, not about Copilot.
///
/// It has no place in the ``Catalogue``: it is not read from a report, and its samples are few.
public struct CollectorMetric: Hashable, Sendable {
    /// Where a metric can be found.
    public enum Place: String, Sendable {
        /// In the metrics backends: written by each collection of a day.
        case sink
        /// On the page `/metrics`.
        case page
        /// In both.
        case both
    }

    /// The full name, such as `copilot_usage_collector_outcome`.
    public let name: String
    /// The names of the labels, sorted.
    public let labels: [String]
    /// What a value counts.
    public let unit: Unit
    /// Where it can be found.
    public let place: Place
    /// The meaning in one sentence.
    public let help: String

    init(_ name: String, _ labels: [String], _ unit: Unit, _ place: Place, _ help: String) {
        self.name = name
        self.labels = labels
        self.unit = unit
        self.place = place
        self.help = help
    }

    /// The unit of a value.
    public enum Unit: String, Sendable {
        /// 1 for the state that is named by a label, and 0 for the others.
        case state
        /// Samples.
        case samples
        /// Days.
        case days
        /// Events on the bus.
        case events
        /// Requests to GitHub.
        case requests
        /// Problems and notices.
        case problems
        /// Organizations.
        case organizations
        /// Seconds; for a point in time, since 1970-01-01T00:00:00Z.
        case seconds
        /// Bytes.
        case bytes
        /// Open files.
        case files
    }

    /// The unit that OpenMetrics declares: only one that is the end of the name.
    public var declaredUnit: String? {
        name.hasSuffix("_\(unit.rawValue)") && [.seconds, .bytes].contains(unit)
            ? unit.rawValue : nil
    }

    /// Whether collections write it to the backends.
    public var isWritten: Bool { place != .page }
}

extension CollectorMetric {
    /// The metrics in the order of files and pages.
    ///
    /// The first are written by each collection of a day, the others only shown by `/metrics`.
    public static let all = [
        outcome, samples, restatedSamples, duration, requests, rateLimit, reportDay, newestFinalDay,
        openDays, attentionDays, deadLetters, pendingEvents, problems, newestDay, newestDayOutcome,
        organizations, lastTick, stateUp, buildInfo, startTime, residentMemory, virtualMemory,
        openFiles, openFilesMax,
    ]

    /// The prefix of the metrics about the collector; those of the process have the usual names.
    public static let prefix = "copilot_usage_collector_"

    // swift-format-ignore
    private static func make(
        _ name: String, _ labels: [String], _ unit: Unit, _ place: Place, _ help: String
    ) -> CollectorMetric { CollectorMetric(prefix + name, labels, unit, place, help) }

    /// The outcome of a source in one collection of a day.
    public static let outcome = make(
        "outcome", ["organization", "outcome", "source"], .state, .sink,
        "The outcome of a source in one collection of a day: 1 for the outcome that it had, 0 for all others."
    )
    /// The samples that the backend has of a day.
    public static let samples = make(
        "samples", ["organization", "source"], .samples, .sink,
        "Samples of the collected day that the backend has.")
    /// The samples that GitHub revised.
    public static let restatedSamples = make(
        "restated_samples", ["organization", "source"], .samples, .sink,
        "Samples of the collected day that GitHub changed, added or removed since they were sent.")
    /// The time that a collection took.
    public static let duration = make(
        "duration_seconds", ["organization", "source"], .seconds, .sink,
        "Time that the collection of a day spent on the source, waiting and sending included.")
    /// The requests that a collection made.
    public static let requests = make(
        "requests", ["organization", "source"], .requests, .sink,
        "Requests to GitHub's API that the collection of a day made for the source, downloads of files not included."
    )
    /// What GitHub's rate limit leaves.
    public static let rateLimit = make(
        "rate_limit_remaining", ["organization", "resource"], .requests, .sink,
        "Requests that GitHub's rate limit leaves the organization until its next reset.")
    /// The day that was collected.
    public static let reportDay = make(
        "report_day_timestamp_seconds", ["organization", "source"], .seconds, .sink,
        "The end of the collected day, if the backend has its samples. The maximum is the newest day with data."
    )
    /// The newest final day.
    public static let newestFinalDay = make(
        "newest_final_day_timestamp_seconds", ["organization"], .seconds, .both,
        "The end of the newest day that is final.")
    /// The open days.
    public static let openDays = make(
        "open_collections", ["organization"], .days, .both,
        "Days that have been collected and are not final yet, so that ticks read them again.")
    /// The days that need a person.
    public static let attentionDays = make(
        "attention", ["organization", "outcome", "source"], .days, .both,
        "Days on which the source failed or was refused, until they come out well.")
    /// Events that failed for good.
    public static let deadLetters = make(
        "dead_letters", [], .events, .both,
        "Events that failed permanently and wait for a person to redrive them.")
    /// Events that wait.
    public static let pendingEvents = make(
        "pending_events", [], .events, .page, "Events that are due, in work or waiting for a retry."
    )
    /// What is in the way.
    public static let problems = make(
        "problems", ["kind", "level"], .problems, .page,
        "What is in the way of collecting, by kind: the problems and notices of copilot-local status."
    )
    /// The newest day.
    public static let newestDay = make(
        "newest_day_timestamp_seconds", ["organization"], .seconds, .page,
        "The end of the newest day that has been collected.")
    /// The outcome of the newest day.
    public static let newestDayOutcome = make(
        "newest_day_outcome", ["organization", "outcome", "source"], .state, .page,
        "The outcome of a source on the newest day that has been collected: 1 for the outcome, 0 for all others."
    )
    /// The organizations.
    public static let organizations = make(
        "organizations", [], .organizations, .page,
        "Organizations with collected days. At most 500 of them are shown one by one.")
    /// The last tick.
    public static let lastTick = make(
        "last_tick_timestamp_seconds", [], .seconds, .page,
        "When a tick about all organizations last ran.")
    /// Whether the state can be read.
    public static let stateUp = make(
        "state_up", [], .state, .page,
        "1 if the state store and the event bus could be read for this page, 0 otherwise.")
    /// The version.
    public static let buildInfo = make(
        "build_info", ["program", "version"], .state, .page,
        "Always 1; the labels name the program and its version.")

    /// When the process started.
    public static let startTime = CollectorMetric(
        "process_start_time_seconds", [], .seconds, .page, "When the process started.")
    /// The memory in use.
    public static let residentMemory = CollectorMetric(
        "process_resident_memory_bytes", [], .bytes, .page, "Memory of the process in RAM.")
    /// The address space in use.
    public static let virtualMemory = CollectorMetric(
        "process_virtual_memory_bytes", [], .bytes, .page, "Address space of the process.")
    /// The open files.
    public static let openFiles = CollectorMetric(
        "process_open_fds", [], .files, .page, "Open files and connections of the process.")
    /// The most open files.
    public static let openFilesMax = CollectorMetric(
        "process_max_fds", [], .files, .page,
        "The most files and connections that the process may open.")
}
