extension StringProtocol {
    /// The text without unwanted characters at either end; Foundation's
    /// `trimmingCharacters` is not in FoundationEssentials.
    func trimmed(_ isUnwanted: (Character) -> Bool = \.isWhitespace) -> String {
        guard let end = lastIndex(where: { !isUnwanted($0) }) else { return "" }
        return String(self[...end].drop(while: isUnwanted))
    }
}
