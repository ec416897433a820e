/// Limits the search for the series that a backend rejects.
///
/// One rejected series among 2,000 is found with about twenty requests. But if a whole day is too
/// old for a backend, splitting does not help, and nine million samples must not become as many
/// requests.
struct RejectionSearch {
    /// The number of requests that one writer may still spend on splitting.
    private var splitsLeft = 1_024
    /// The number of consecutive rejections while the current request is split.
    private var fruitlessCount = 0
    /// The number of consecutive requests of which no series was accepted.
    private var lostCount = 0

    /// Whether to split a rejected run of series again.
    ///
    /// After a lost request the search is shorter.
    var allowsSplit: Bool { splitsLeft > 0 && fruitlessCount < (lostCount == 0 ? 128 : 8) }

    /// Whether only a few parts were rejected one after another: a request, its halves, quarters and
    /// eighths.
    var isAtBeginning: Bool { fruitlessCount < 14 }

    /// Whether so many consecutive requests were lost that the remaining ones are not sent.
    var hasGivenUp: Bool { lostCount >= 16 }

    /// Begins to split a rejected request.
    mutating func begin() { fruitlessCount = 0 }

    /// Notes that a request or a part of one was accepted.
    mutating func noteAccepted() {
        fruitlessCount = 0
        lostCount = 0
    }

    /// Notes that a part was sent.
    mutating func noteSplit() { splitsLeft -= 1 }

    /// Notes that a part was rejected.
    mutating func noteRejected() { fruitlessCount += 1 }

    /// Notes that a request was split to the end, and no series of it was accepted.
    mutating func noteLost() { lostCount += 1 }
}
