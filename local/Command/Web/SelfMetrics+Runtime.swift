import Host
import Ports
import Runner
import SelfMetrics

extension SelfMetrics {
    /// The page `/metrics` over a runtime's state.
    init(_ runtime: Runtime) {
        self.init(
            program: "copilot-local", store: runtime.adapters.store, bus: runtime.bus,
            clock: runtime.adapters.clock,
            problems: {
                let health = await runtime.health()
                return health.problems + health.notices
            })
    }
}
