/// How long it is worth looking for the series that a backend refuses.
///
/// One refused series among 2,000 is alone after some twenty requests. But when a whole day is too
/// old for a backend, splitting helps nothing, and nine million samples must not become as many
/// requests.
struct RefusalSearch {
    /// The requests that one writing may spend on splitting.
    private var splitsLeft = 1_024
    /// The refusals in a row while the present request is split.
    private var fruitlessCount = 0
    /// The requests in a row of which nothing at all was taken.
    private var lostCount = 0

    /// Whether to cut a refused run of series once more; after a lost request, hope is short.
    var allowsSplit: Bool { splitsLeft > 0 && fruitlessCount < (lostCount == 0 ? 128 : 8) }

    /// Whether so many requests were lost in a row that the rest of the writing is not sent.
    var hasGivenUp: Bool { lostCount >= 16 }

    /// A request was refused and is about to be split.
    mutating func begin() { fruitlessCount = 0 }

    /// A request, or a part of one, was taken.
    mutating func noteTaken() {
        fruitlessCount = 0
        lostCount = 0
    }

    /// A part was sent.
    mutating func noteSplit() { splitsLeft -= 1 }

    /// A part was refused.
    mutating func noteRefused() { fruitlessCount += 1 }

    /// A request was split as far as it goes, and nothing of it was taken.
    mutating func noteLost() { lostCount += 1 }
}
