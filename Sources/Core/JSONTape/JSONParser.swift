import CSimdJSON

/// simdjson's parser and its buffers, reused for each document.
@safe public struct JSONParser: ~Copyable {
    private let parser: OpaquePointer

    /// Creates a parser, without buffers yet.
    public init() {
        guard let parser = unsafe csimdjson_new() else { preconditionFailure("no memory") }
        unsafe self.parser = parser
    }

    deinit { unsafe csimdjson_free(parser) }

    /// Parses one document.
    ///
    /// - Parameters:
    ///   - bytes: The buffer with the document.
    ///   - range: The document; at least ``padding`` bytes of the buffer follow it.
    /// - Returns: The document, valid until the next parse.
    /// - Throws: ``NotJSON`` if the bytes are not one JSON document.
    public func parse(
        _ bytes: borrowing Span<UInt8>, _ range: Range<Int>
    ) throws(NotJSON) -> Tape {
        precondition(range.upperBound + Self.padding <= bytes.count, "too little padding")
        var tape = unsafe csimdjson_tape()
        // The pointer is lent to the parse, which copies what it keeps onto the tape.
        let code = unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return Int32(0) }
            return unsafe csimdjson_parse(parser, start + range.lowerBound, range.count, &tape)
        }
        guard code == 0 else {
            throw NotJSON(why: unsafe String(cString: csimdjson_error_message(code)))
        }
        return unsafe Tape(tape)
    }

    /// The number of bytes that must follow a document in its buffer.
    public static let padding = Int(CSIMDJSON_PADDING)

    /// Bytes that are not one JSON document, in simdjson's words.
    public struct NotJSON: Error {
        /// What is wrong, for people.
        public let why: String
    }
}
