public import Domain
public import Ports
import Synchronization

/// What the doctor found last, for pages.
///
/// There is one run at a time, and none while the last is fresh, so that people who look at a page do
/// not take GitHub's requests from the collections beside it.
public actor LatestDiagnosis {
    /// How things stand.
    public struct State: Sendable {
        /// The checks that ended last; nil if none did.
        public var diagnosis: Diagnosis?
        /// When they ended.
        public var time: Timestamp?
        /// What is being checked at the moment; nil if nothing is.
        public var progress: String?
    }

    /// Runs all checks, and says what it is about to check.
    public typealias Run = @Sendable (@escaping @Sendable (String) -> Void) async -> Diagnosis

    /// How long findings are shown before they are looked for again.
    public static let freshness: Duration = .seconds(300)

    private let clock: any WallClock
    private let run: Run
    private var last: (diagnosis: Diagnosis, time: Timestamp)?
    private var task: Task<Void, Never>?
    private let progress = Mutex("the settings")

    /// Creates a place that has no findings yet.
    public init(clock: any WallClock, run: @escaping Run) {
        self.clock = clock
        self.run = run
    }

    /// How things stand; begins a run if the findings are missing or old.
    public func state() -> State {
        let isFresh = last.map { clock.now().since($0.time) < Self.freshness } ?? false
        if !isFresh, task == nil {
            task = Task(priority: .low) { await self.look() }
        }
        return State(
            diagnosis: last?.diagnosis, time: last?.time,
            progress: task == nil ? nil : progress.withLock { $0 })
    }

    /// Waits until the run that is under way has ended.
    public func settled() async { await task?.value }

    private func look() async {
        let diagnosis = await run { [self] about in progress.withLock { $0 = about } }
        last = (diagnosis, clock.now())
        task = nil
    }
}
