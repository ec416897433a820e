/// How often something odd was found, and where first, for a person who looks for it.
struct Tally: Sendable {
    private(set) var count: Int
    /// The first place or name, if it is known.
    private(set) var first: String?

    /// Creates a tally of things whose places are not known.
    init(_ count: Int = 0) { self.count = count }

    /// Counts one.
    ///
    /// - Parameter place: Where it is; only asked for the first time.
    mutating func add(_ place: @autoclosure () -> String?) {
        count += 1
        if first == nil { first = place() }
    }

    /// Adds those of other files.
    mutating func merge(_ other: Tally) {
        count += other.count
        first = first ?? other.first
    }
}
