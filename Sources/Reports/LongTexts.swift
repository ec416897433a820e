/// Leaves the texts out of a line that are longer than anything a metric is made of, while the line
/// still arrives: so what a line costs is what it says, not how long it is.
///
/// It follows JSON no further than it must to tell a text from what is between texts. Where a line
/// is not JSON, what it leaves of it is not JSON either.
struct LongTexts: Sendable {
    /// The longest text that is kept, as it stands in the line; of a longer one nothing is.
    static let byteCountMax = 64 << 10
    /// The longest text that any label is made of, whatever the line: an escape is six bytes for one,
    /// so no text of which a label would be made is left out here.
    static let labelByteCountMax = byteCountMax / 6

    private var isInText = false
    private var isEscaped = false
    // What was kept of the present text.
    private var textByteCount = 0
    private var isDropping = false

    /// Takes the long texts out of the next bytes of a line.
    ///
    /// - Parameters:
    ///   - bytes: The buffer that the line is in.
    ///   - range: Which bytes to look at; those before them were looked at already.
    /// - Returns: Where the line ends now; what it has left is moved up to there.
    mutating func cut(_ bytes: inout [UInt8], _ range: Range<Int>) -> Int {
        var span = bytes.mutableSpan
        var end = range.lowerBound
        for place in range {
            let byte = span[place]
            if isInText, !isEscaped, byte == UInt8(ascii: "\"") {
                isInText = false
                isDropping = false
            } else if isInText {
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                if isDropping { continue }
                if textByteCount == Self.byteCountMax {
                    isDropping = true
                    end -= textByteCount
                    continue
                }
                textByteCount += 1
            } else if byte == UInt8(ascii: "\"") {
                isInText = true
                textByteCount = 0
            }
            span[end] = byte
            end += 1
        }
        return end
    }
}
