extension Int {
    /// The number with commas between thousands, such as `2,134`.
    ///
    /// Foundation's number format is not part of FoundationEssentials.
    public var separated: String {
        let digits = Array(String(magnitude))
        let groups = stride(from: digits.count % 3 - 3, to: digits.count, by: 3).map { start in
            String(digits[Swift.max(0, start)..<start + 3])
        }
        return (self < 0 ? "-" : "") + groups.filter { !$0.isEmpty }.joined(separator: ",")
    }
}
