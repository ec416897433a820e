import CSimdJSON

/// One parsed JSON document, in the memory of the ``JSONParser`` that parsed it.
///
/// Words and strings are laid out as simdjson's tape, which is read by index and without a copy:
/// <https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md>. The pointers are valid until the
/// parser's next document. The type is not copyable and stays inside this module, where one loop parses
/// a document, maps it and drops it.
@safe struct Tape: ~Copyable {
    /// The kind of value at a place on the tape, by simdjson's letter.
    ///
    /// It is a number and not an enumeration: the loop asks at each value of each record, and mostly
    /// about one letter.
    struct Kind: Equatable {
        let letter: UInt8

        static var object: Kind { Kind(letter: 0x7B) }
        static var array: Kind { Kind(letter: 0x5B) }
        static var string: Kind { Kind(letter: 0x22) }
        static var integer: Kind { Kind(letter: 0x6C) }
        static var unsigned: Kind { Kind(letter: 0x75) }
        static var double: Kind { Kind(letter: 0x64) }
        static var null: Kind { Kind(letter: 0x6E) }
    }

    /// The place of the document's value, after the root word.
    static let root = 1

    private let words: UnsafePointer<UInt64>
    private let strings: UnsafePointer<UInt8>

    init(_ tape: csimdjson_tape) {
        unsafe words = tape.tape
        unsafe strings = tape.strings
    }

    /// The kind of the value at `place`.
    func kind(at place: Int) -> Kind { Kind(letter: UInt8(truncatingIfNeeded: word(place) >> 56)) }

    /// Whether `place` is the end of the object or array around it.
    func isEnd(_ place: Int) -> Bool {
        let type = UInt8(truncatingIfNeeded: word(place) >> 56)
        return type == 0x7D || type == 0x5D
    }

    /// The place behind the value at `place`.
    func after(_ place: Int) -> Int {
        switch kind(at: place) {
        case .object, .array: Int(truncatingIfNeeded: word(place) & 0xFFFF_FFFF)
        case .integer, .unsigned, .double: place + 2
        default: place + 1
        }
    }

    /// The place of the value of a field, or nil if the object at `object` does not have it.
    func place(of name: StaticString, in object: Int) -> Int? {
        var field = object + 1
        while !isEnd(field) {
            let isFound = withString(at: field) { bytes in
                // A static string is never freed.
                let name = unsafe UnsafeBufferPointer(
                    start: name.utf8Start, count: name.utf8CodeUnitCount)
                guard bytes.count == name.count else { return false }
                for index in bytes.indices where unsafe bytes[index] != name[index] { return false }
                return true
            }
            if isFound { return field + 1 }
            field = after(field + 1)
        }
        return nil
    }

    /// The number at `place`, or nil if it is something else.
    func number(at place: Int) -> Double? {
        switch kind(at: place) {
        case .integer: Double(Int64(bitPattern: word(place + 1)))
        case .unsigned: Double(word(place + 1))
        case .double: Double(bitPattern: word(place + 1))
        default: nil
        }
    }

    /// The whole number at `place`, or nil if it is something else; 7.0 is a whole number.
    func integer(at place: Int) -> Int64? {
        switch kind(at: place) {
        case .integer: Int64(bitPattern: word(place + 1))
        case .double: Int64(exactly: Double(bitPattern: word(place + 1)))
        default: nil
        }
    }

    /// Calls `body` with the string at `place`, as UTF-8 without escapes.
    @inline(__always)
    func withString<Output>(at place: Int, _ body: (borrowing Span<UInt8>) -> Output) -> Output {
        let offset = Int(truncatingIfNeeded: word(place) & 0x00FF_FFFF_FFFF_FFFF)
        // A string is its length in four bytes, little-endian, then its bytes.
        let start = unsafe strings + offset
        let count = unsafe UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return body(unsafe Span(_unsafeStart: start + 4, count: Int(UInt32(littleEndian: count))))
    }

    /// Calls `body` with the name of the field at `place`.
    @inline(__always)
    func withName<Output>(
        at place: Int, _ body: (FieldName, borrowing Span<UInt8>) -> Output
    ) -> Output {
        withString(at: place) { text in
            // simdjson's buffer goes on for 64 bytes after the last string.
            let name = unsafe text.withUnsafeBytes { text in
                FieldName(count: text.count) { offset in
                    guard let start = text.baseAddress else { return 0 }
                    let word = unsafe (start + offset).loadUnaligned(as: UInt64.self)
                    return UInt64(littleEndian: word)
                }
            }
            return body(name, text)
        }
    }

    // simdjson made the tape and every index comes from it, so no bound is checked.
    private func word(_ place: Int) -> UInt64 { unsafe words[place] }
}

/// simdjson's parser and its buffers, reused for each document.
@safe struct JSONParser: ~Copyable {
    private let parser: OpaquePointer

    init() {
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
    func parse(
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
    static let padding = Int(CSIMDJSON_PADDING)

    /// Bytes that are not one JSON document, in simdjson's words.
    struct NotJSON: Error {
        let why: String
    }
}
