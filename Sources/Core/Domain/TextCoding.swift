/// Decodes a value that stands in JSON as checked text.
///
/// - Parameters:
///   - decoder: Where the text stands.
///   - expectation: What a person should have written, for the error.
/// - Returns: The value.
/// - Throws: `DecodingError` that says what was expected; it never repeats what was found, which may
///   be a secret in the wrong place.
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
    /// Encodes the value as its text.
    func encodeText(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
