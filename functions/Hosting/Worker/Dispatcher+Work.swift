public import Lifecycle
import Logging
import Ports

extension Dispatcher {
    /// A step of the work loop.
    private enum Step {
        /// An event was handled.
        case handled
        /// The next poll of the queue is due.
        case beat
        /// The grace period of running work is over.
        case late
    }

    /// Handles events until `stop` is raised.
    ///
    /// Polls the queue every `pause`, and whenever an event has been handled.
    ///
    /// - Parameters:
    ///   - stop: Once raised, running work finishes and no new work begins.
    ///   - pause: The polling interval while nothing is due, also the retry interval after a queue
    ///     failure.
    ///   - grace: The time limit for running work once `stop` is raised. Work that exceeds it is
    ///     cancelled and returns to the queue, due at once. Nil means no limit.
    public func work(
        until stop: StopSign, pause: Duration = .seconds(1), grace: Duration? = nil
    ) async {
        await withTaskGroup(of: Step.self) { group in
            func after(_ wait: Duration, _ step: Step) {
                group.addTask {
                    try? await time.sleep(for: wait)
                    return step
                }
            }
            var inWork = 0
            var isStopping = false
            after(pause, .beat)
            while true {
                if !isStopping, stop.isRaised || Task.isCancelled {
                    isStopping = true
                    if let grace { after(grace, .late) }
                }
                if isStopping, inWork == 0 { break }
                if !isStopping, inWork < limits.parallel {
                    switch await receive(limits.parallel - inWork) {
                    case .success(let deliveries):
                        for delivery in deliveries {
                            group.addTask {
                                await handle(delivery)
                                return .handled
                            }
                        }
                        inWork += deliveries.count
                    case .failure(let failure):
                        logger.error("The event bus failed: \(failure)")
                    }
                }
                switch await group.next() {
                case .handled: inWork -= 1
                case .beat where !group.isCancelled: after(pause, .beat)
                case .late: group.cancelAll()
                case .beat, nil: break
                }
            }
            group.cancelAll()
        }
    }
}
