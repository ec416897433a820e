import Domain
import Synchronization

/// The requests that one caller has per hour.
///
/// Source: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
struct RequestBudget: Hashable, Sendable {
    let limit: Int
    var used: Int
    /// When the hour began.
    var begun: Timestamp

    var reset: Timestamp { begun.advanced(by: .seconds(3_600)) }
    var remaining: Int { max(0, limit - used) }

    /// The rate limit header fields.
    func fields(_ resource: String) -> [String: String] {
        [
            "x-ratelimit-limit": String(limit), "x-ratelimit-remaining": String(remaining),
            "x-ratelimit-used": String(min(used, limit)),
            "x-ratelimit-reset": String(reset.seconds), "x-ratelimit-resource": resource,
        ]
    }
}

extension SimulatedGitHub {
    /// Spends requests of a budget; an hour begins with its first request.
    ///
    /// - Parameters:
    ///   - cost: The number of requests.
    ///   - name: The name of the budget.
    ///   - moment: The time of the request.
    /// - Returns: The budget afterwards; used more than its limit if it is exhausted.
    func spend(_ cost: Int, of name: String, at moment: Timestamp) -> RequestBudget {
        let limit = configuration.requestsPerHour
        return state.withLock { state in
            var budget =
                state.budgets[name] ?? RequestBudget(limit: limit, used: 0, begun: moment)
            if moment >= budget.reset {
                budget = RequestBudget(limit: limit, used: 0, begun: moment)
            }
            budget.used += cost
            state.budgets[name] = budget
            return budget
        }
    }

    /// GitHub's response to a caller whose budget is exhausted.
    static func budgetRefusal(_ caller: String) -> ErrorResponse {
        ErrorResponse(
            403, "API rate limit exceeded for \(caller).",
            documentation: "rest/using-the-rest-api/rate-limits-for-the-rest-api")
    }
}
