import Charts
public import Domain

/// What the pages say about one day of one organization.
public struct DaySummary: Hashable, Sendable {
    /// Why something is missing until a person acts.
    public struct Fault: Hashable, Sendable {
        /// The source; nil for all of them.
        public var source: Source?
        /// The outcome.
        public var outcome: Outcome
        /// The reason and the remedy.
        public var reason: String
    }

    /// The day.
    public var day: Day
    /// How the day looks in a grid.
    var state: HeatStrip.State
    /// Whether ticks do not read it again.
    public var isFinal: Bool
    /// Everything that is missing until a person acts.
    public var faults: [Fault]
    /// Sources that GitHub has not published yet; none if the manifest was not read.
    public var awaited: [Source]
    /// The number of samples that the backend has; nil if the manifest was not read.
    public var samples: Int?

    /// Describes a day whose manifest was not read.
    init(_ day: Day, _ state: HeatStrip.State, isFinal: Bool) {
        self.day = day
        self.state = state
        self.isFinal = isFinal
        (faults, awaited) = ([], [])
    }

    /// Describes a day whose manifest is damaged or of a newer version.
    init(unreadable day: Day, _ reason: String) {
        self.init(day, .bad, isFinal: false)
        faults = [Fault(outcome: .failed, reason: reason)]
    }

    /// Summarizes a manifest.
    public init(_ manifest: Manifest) {
        day = manifest.day
        isFinal = manifest.final
        state =
            switch manifest.state {
            case .complete: .good
            case .waiting: .open
            case .faulty: .bad
            }
        samples = manifest.samples
        awaited = Source.allCases.filter { manifest.sources[$0]?.outcome == .notReady }
        faults = manifest.reason.map { [Fault(outcome: .failed, reason: $0)] } ?? []
        for source in Source.allCases {
            guard let result = manifest.sources[source], result.outcome.isFault,
                result.reason == nil || result.reason != manifest.reason
            else { continue }
            faults.append(
                Fault(
                    source: source, outcome: result.outcome,
                    reason: result.reason ?? "no reason was given"))
        }
    }

    /// The state in a few words.
    var words: String {
        if let fault = faults.first {
            let others = faults.count == 1 ? "" : " and \(faults.count - 1) more"
            return "\(fault.source?.words ?? "all reports") \(fault.outcome.words)\(others)"
        }
        guard state == .open else { return "complete" }
        let sources = awaited.isEmpty ? ["GitHub"] : awaited.map(\.words)
        return "waiting for \(sources.joined(separator: ", "))"
    }
}

extension Source {
    /// The source as a person calls it.
    var words: String {
        switch self {
        case .organization: "organization report"
        case .users: "users report"
        case .userTeams: "teams report"
        case .billing: "bill"
        case .members: "members"
        }
    }
}

extension Outcome {
    /// The outcome as a person says it.
    var words: String {
        switch self {
        case .written: "written"
        case .unchanged: "unchanged"
        case .restated: "revised by GitHub"
        case .notReady: "not published yet"
        case .notApplicable: "not collected"
        case .noPermission: "not permitted"
        case .policyOff: "switched off by policy"
        case .notBilledHere: "not billed here"
        case .rejected: "rejected by the backend"
        case .failed: "failed"
        case .unknown(let name): name
        }
    }

    /// The class that colours the outcome.
    var tone: String {
        if isFault { return "bad" }
        if self == .notReady { return "open" }
        return [.written, .unchanged, .restated].contains(self) ? "good" : "quiet"
    }
}
