/// Finds what a person probably meant to write.
public enum Spelling {
    /// Returns the word that is most like another one.
    ///
    /// Words are alike if one begins with the other, or if few letters were left out, added,
    /// replaced or swapped; case does not matter.
    ///
    /// - Returns: The nearest candidate; nil if none is near.
    public static func nearest(
        to word: String, among candidates: some Sequence<String>
    ) -> String? {
        let lowercase = word.lowercased()
        // Short words have too many neighbours.
        let limit = lowercase.utf8.count < 4 ? 1 : 2
        let near = candidates.compactMap { candidate -> (word: String, distance: Int)? in
            let other = candidate.lowercased()
            if let distance = distance(lowercase.utf8[...], other.utf8[...], atMost: limit) {
                return (candidate, distance)
            }
            let isBegun = lowercase.utf8.count >= 3 && other.hasPrefix(lowercase)
            return isBegun ? (candidate, limit + 1) : nil
        }
        return near.min { $0.distance < $1.distance }?.word
    }

    /// A question with the nearest word, after a space; empty if none is near.
    public static func hint(_ word: String, _ candidates: some Sequence<String>) -> String {
        nearest(to: word, among: candidates).map { " Did you mean \($0)?" } ?? ""
    }

    /// The number of insertions and removals between two words; nil if it is above `limit`.
    ///
    /// Every variable of a process is compared with every known one before the first event, so most
    /// pairs have to be decided after a letter or two. Two insertions or removals include one
    /// replaced letter, and two neighbours that were swapped.
    public static func distance(
        _ lhs: Substring.UTF8View, _ rhs: Substring.UTF8View, atMost limit: Int
    ) -> Int? {
        guard abs(lhs.count - rhs.count) <= limit else { return nil }
        var (lhs, rhs) = (lhs, rhs)
        while let letter = lhs.first, letter == rhs.first {
            lhs.removeFirst()
            rhs.removeFirst()
        }
        guard !lhs.isEmpty || !rhs.isEmpty else { return 0 }
        guard limit > 0 else { return nil }
        let rests = [
            distance(lhs.dropFirst(), rhs, atMost: limit - 1),
            distance(lhs, rhs.dropFirst(), atMost: limit - 1),
        ]
        return rests.compactMap(\.self).min().map { $0 + 1 }
    }
}
