/// What was played.
struct Tally: Sendable {
    /// Days of organizations whose every sample was compared.
    var closed = 0
    /// Days of organizations with a report that never comes, of which the others were compared.
    var open = 0
    /// Days of organizations that took the App away before their end.
    var left = 0
    /// Bills that were compared.
    var bills = 0
    var compared = 0
    var worlds = 0
    var ticks = 0
    var collections = 0
    var retries = 0
    var deadLetters = 0
    var requests = 0
    var samples = 0
    /// How often what went wrong.
    var faults: [String: Int] = [:]

    /// All days of organizations.
    var days: Int { closed + open + left }

    static func += (sum: inout Tally, other: Tally) {
        sum.closed += other.closed
        sum.open += other.open
        sum.left += other.left
        sum.bills += other.bills
        sum.compared += other.compared
        sum.worlds += other.worlds
        sum.ticks += other.ticks
        sum.collections += other.collections
        sum.retries += other.retries
        sum.deadLetters += other.deadLetters
        sum.requests += other.requests
        sum.samples += other.samples
        sum.faults.merge(other.faults, uniquingKeysWith: +)
    }
}
