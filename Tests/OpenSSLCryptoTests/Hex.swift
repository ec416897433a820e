/// Parses hexadecimal text with spaces, as standards print test vectors.
func bytes(hex: String) throws -> [UInt8] {
    let digits = try hex.filter { !$0.isWhitespace }.map { digit in
        guard let value = digit.hexDigitValue else { throw NotHex() }
        return UInt8(value)
    }
    guard digits.count.isMultiple(of: 2) else { throw NotHex() }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private struct NotHex: Error {}
