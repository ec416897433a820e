/// Decodes a value from a JSON string that the value's initializer checks.
///
/// - Parameter expectation: The expected text, for the error, such as `a day such as 2026-11-21`.
/// - Throws: A `DecodingError` with the expectation. It does not quote the text, which may be a
///   secret in the wrong place.
func decodeText<Value: LosslessStringConvertible>(
    from decoder: any Decoder, as expectation: String
) throws -> Value {
    let container = try decoder.singleValueContainer()
    guard let value = Value(try container.decode(String.self)) else {
        throw DecodingError.dataCorruptedError(
            in: container, debugDescription: "must be \(expectation)")
    }
    return value
}

extension LosslessStringConvertible {
    /// Encodes the value as a JSON string.
    func encodeText(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
