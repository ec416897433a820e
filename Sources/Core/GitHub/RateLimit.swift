import Toolbox
import Domain

/// How long GitHub asks to wait.
///
/// Source: <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>,
/// "Exceeding the rate limit": `retry-after`, else the reset when nothing remains, else a minute.
enum RateLimit {
    /// What is waited when GitHub names no time.
    static let waitDefault: Duration = .seconds(60)
    /// The most that is believed; a wait is otherwise at most an hour.
    private static let waitMax: Duration = .seconds(86_400)

    static func isUsedUp(_ fields: [String: String]) -> Bool {
        fields["x-ratelimit-remaining"] == "0"
    }

    /// Reads the wait from the header fields of an answer.
    ///
    /// - Returns: At least a second; nil if the fields name none.
    static func wait(_ fields: [String: String], at now: Timestamp) -> Duration? {
        let asked: Duration
        if let text = fields["retry-after"] {
            if let seconds = Int64(text), 0...604_800 ~= seconds {
                asked = .seconds(seconds)
            } else if let date = HTTPDate.parse(text) {
                asked = date.since(now)
            } else {
                return nil
            }
        } else if isUsedUp(fields), let reset = fields["x-ratelimit-reset"].flatMap(Int64.init),
            0...253_402_300_799 ~= reset
        {
            asked = Timestamp(seconds: reset).since(now)
        } else {
            return nil
        }
        return min(max(asked, .seconds(1)), waitMax)
    }
}
