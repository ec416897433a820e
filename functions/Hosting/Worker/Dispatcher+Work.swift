public import Lifecycle
import Logging
import Ports

extension Dispatcher {
    /// What the working loop hears of.
    private enum Step {
        /// An event is handled.
        case handled
        /// It is time to look for events again.
        case beat
        /// What is in work had all the time it gets.
        case late
    }

    /// Works until `stop` is raised, and looks for events every `pause` and whenever one is handled.
    ///
    /// - Parameters:
    ///   - stop: When raised, what is in work is finished and nothing more is begun.
    ///   - pause: How long to wait when nothing is due; a queue that fails is asked again after it.
    ///   - grace: How long what is in work may take once `stop` is raised; after that it is cancelled
    ///     and goes back to the queue, due at once. Nil lets it take as long as it does.
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
                    switch await borrow(limits.parallel - inWork) {
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
