import Domain
import Synchronization

/// What is left of the requests that one caller has an hour.
///
/// Source: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
struct Budget: Hashable, Sendable {
    let limit: Int
    var used: Int
    /// When the hour began.
    var begun: Timestamp

    var reset: Timestamp { begun.advanced(by: .seconds(3_600)) }
    var remaining: Int { max(0, limit - used) }

    /// The header fields that tell the client.
    func fields(_ resource: String) -> [String: String] {
        [
            "x-ratelimit-limit": String(limit), "x-ratelimit-remaining": String(remaining),
            "x-ratelimit-used": String(min(used, limit)),
            "x-ratelimit-reset": String(reset.seconds), "x-ratelimit-resource": resource,
        ]
    }
}

extension SimulatedGitHub {
    /// Takes requests from a budget; an hour begins with its first request.
    ///
    /// - Parameters:
    ///   - cost: How many.
    ///   - name: Whose budget.
    ///   - moment: When.
    /// - Returns: The budget afterwards, overdrawn if there was not enough.
    func spend(_ cost: Int, of name: String, at moment: Timestamp) -> Budget {
        let limit = configuration.requestsPerHour
        return state.withLock { state in
            var budget =
                state.budgets[name] ?? Budget(limit: limit, used: 0, begun: moment)
            if moment >= budget.reset { budget = Budget(limit: limit, used: 0, begun: moment) }
            budget.used += cost
            state.budgets[name] = budget
            return budget
        }
    }

    /// How GitHub refuses a caller whose budget is used up.
    static func budgetRefusal(_ caller: String) -> Refusal {
        Refusal(
            403, "API rate limit exceeded for \(caller).",
            documentation: "rest/using-the-rest-api/rate-limits-for-the-rest-api")
    }
}
