public import Domain
import Toolbox

/// A fault: the requests that it covers, how often it occurs, and its effect.
public struct Fault: Sendable {
    /// How often a fault occurs.
    public enum Occurrence: Hashable, Sendable {
        /// On every request.
        case always
        /// On the first requests, this many.
        case first(Int)
        /// On the first requests for each path, this many.
        case firstOfEach(Int)
        /// On the first requests with each token, this many.
        case firstOfEachToken(Int)
        /// On every n-th request.
        case every(Int)
        /// On requests for pages of more than this many elements.
        case largePages(above: Int)
    }

    /// The effect of a fault.
    public enum Effect: Sendable {
        /// Replaces the response.
        case answers(SimulatedResponse)
        /// Appends bytes to the response.
        case appends([UInt8])
        /// Breaks the connection after this many bytes of the body.
        case breaksOff(after: Int)
        /// Sends nothing more after this many bytes of the body, nil for not even a head; the
        /// connection stays open.
        case fallsSilent(after: Int?)
        /// Changes a digit of a file, so that its checksum does not match.
        case damages
        /// Changes the response if it is not an error.
        case rewrites(@Sendable (inout SimulatedResponse) -> Void)
    }

    /// The operations that the fault covers; empty for all of GitHub's API.
    public var operations: Set<GitHubOperation>
    /// The organization that requests must name; nil covers all requests.
    public var organization: String?
    /// The report, for downloads; nil for all.
    public var source: Source?
    /// The days on which the fault occurs; nil for all.
    public var days: ClosedRange<Day>?
    /// How often the fault occurs.
    public var occurrence: Occurrence
    /// The effect.
    public var effect: Effect

    /// Creates a fault.
    public init(
        on operations: Set<GitHubOperation> = [], organization: String? = nil,
        source: Source? = nil,
        during days: ClosedRange<Day>? = nil, _ occurrence: Occurrence, _ effect: Effect
    ) {
        self.operations = operations
        self.organization = organization
        self.source = source
        self.days = days
        self.occurrence = occurrence
        self.effect = effect
    }

    func covers(_ operation: GitHubOperation, _ request: SimulatedRequest) -> Bool {
        guard operations.isEmpty ? operation.isAPI : operations.contains(operation),
            days?.contains(Day(containing: request.moment)) ?? true
        else { return false }
        if let source, ReportFileID(path: request.path)?.source != source { return false }
        guard let organization else { return true }
        return request.parameters["org"]?.lowercased() == organization.lowercased()
    }

    /// Whether the fault occurs on a request.
    ///
    /// - Parameter ordinal: The number of the request among those counted together, from 1.
    func occurs(at ordinal: Int, on request: SimulatedRequest) -> Bool {
        switch occurrence {
        case .always: true
        case .largePages(let count): request.pageSize > count
        case .first(let count), .firstOfEach(let count), .firstOfEachToken(let count):
            ordinal <= count
        case .every(let period): ordinal % period == 0
        }
    }

    /// What the fault counts the request by: its path, its token, or nothing.
    func countedBy(_ request: SimulatedRequest) -> String {
        switch occurrence {
        case .firstOfEach: request.path
        case .firstOfEachToken: request.fields["authorization"] ?? ""
        case .always, .first, .every, .largePages: ""
        }
    }
}

extension SimulatedRequest {
    /// How many elements of a list the request asks for at most; 30 by default, as at GitHub.
    var pageSize: Int {
        // `… membersWithRole(first: 100, after: $after) { …`
        let words = (json?["query"]?.text ?? "").utf8.split { " (,".utf8.contains($0) }
        let place = words.firstIndex { $0.elementsEqual("first:".utf8) }
        let first = place.flatMap { words.dropFirst($0 + 1).first }.flatMap { Int(Substring($0)) }
        return first ?? query["per_page"].flatMap { Int($0) } ?? 30
    }
}
