import Domain
import Toolbox

/// The wait that GitHub asks for in a response.
///
/// Source: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>,
/// "Exceeding the rate limit": `retry-after`; otherwise the reset time if no requests remain;
/// otherwise a minute.
enum RateLimit {
    /// The wait when GitHub names none.
    static let waitDefault: Duration = .seconds(60)
    static func isUsedUp(_ fields: [String: String]) -> Bool {
        fields["x-ratelimit-remaining"] == "0"
    }

    /// Reads the wait from the headers of a response.
    ///
    /// - Parameter hasReset: Whether the reset time counts although requests remain: one request may
    ///   cost more than is left.
    /// - Returns: A second to ``RetryAfter/durationMax``; nil if the headers name no wait.
    static func wait(
        _ fields: [String: String], at now: Timestamp, hasReset: Bool = false
    ) -> Duration? {
        let asked: Duration
        if let text = fields["retry-after"] {
            if let seconds = Int64(text), 0...604_800 ~= seconds {
                asked = .seconds(seconds)
            } else if let date = HTTPDate.parse(text) {
                asked = date.since(now)
            } else {
                return nil
            }
        } else if hasReset || isUsedUp(fields),
            let reset = fields["x-ratelimit-reset"].flatMap(Int64.init),
            0...253_402_300_799 ~= reset
        {
            asked = Timestamp(seconds: reset).since(now)
        } else {
            return nil
        }
        return min(max(asked, .seconds(1)), RetryAfter.durationMax)
    }
}
