import CSimdJSON

/// One parsed JSON document, in the memory of the ``JSONParser`` that parsed it.
///
/// Words and strings are laid out as simdjson's tape, which is read by index and without a copy:
/// <https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md>. The pointers are valid until the
/// parser's next document. The type is not copyable, and whoever parses a document reads it and drops it
/// before the next.
@safe public struct Tape: ~Copyable {
    /// The kind of value at a place on the tape, by simdjson's letter.
    ///
    /// It is a number and not an enumeration: the loop asks at each value of each record, and mostly
    /// about one letter.
    public struct Kind: Equatable {
        /// The letter.
        @usableFromInline let letter: UInt8

        @inlinable init(letter: UInt8) { self.letter = letter }

        /// An object.
        @inlinable public static var object: Kind { Kind(letter: 0x7B) }
        /// A list.
        @inlinable public static var array: Kind { Kind(letter: 0x5B) }
        /// A text.
        @inlinable public static var string: Kind { Kind(letter: 0x22) }
        /// A whole number that fits into 64 bits with a sign.
        @inlinable public static var integer: Kind { Kind(letter: 0x6C) }
        /// A whole number that needs all 64 bits.
        @inlinable public static var unsigned: Kind { Kind(letter: 0x75) }
        /// Any other number.
        @inlinable public static var double: Kind { Kind(letter: 0x64) }
        /// Null.
        @inlinable public static var null: Kind { Kind(letter: 0x6E) }
        /// True.
        @inlinable public static var `true`: Kind { Kind(letter: 0x74) }
        /// False.
        @inlinable public static var `false`: Kind { Kind(letter: 0x66) }
    }

    /// The place of the document's value, after the root word.
    @inlinable public static var root: Int { 1 }

    @usableFromInline let words: UnsafePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>

    init(_ tape: csimdjson_tape) {
        unsafe words = tape.tape
        unsafe strings = tape.strings
    }

    /// The kind of the value at `place`.
    @inlinable public func kind(at place: Int) -> Kind {
        Kind(letter: UInt8(truncatingIfNeeded: word(place) >> 56))
    }

    /// Whether `place` is the end of the object or array around it.
    @inlinable public func isEnd(_ place: Int) -> Bool {
        let type = UInt8(truncatingIfNeeded: word(place) >> 56)
        return type == 0x7D || type == 0x5D
    }

    /// The place behind the value at `place`.
    @inlinable public func after(_ place: Int) -> Int {
        switch kind(at: place) {
        case .object, .array: Int(truncatingIfNeeded: word(place) & 0xFFFF_FFFF)
        case .integer, .unsigned, .double: place + 2
        default: place + 1
        }
    }

    /// The number of elements or members of the list or object at `place`, up to 16,777,215.
    @inlinable public func count(at place: Int) -> Int {
        Int(truncatingIfNeeded: word(place) >> 32 & 0x00FF_FFFF)
    }

    /// The place of the value of a field, or nil if the object at `object` does not have it.
    @inlinable public func place(of name: StaticString, in object: Int) -> Int? {
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
    @inlinable public func number(at place: Int) -> Double? {
        switch kind(at: place) {
        case .integer: Double(Int64(bitPattern: word(place + 1)))
        case .unsigned: Double(word(place + 1))
        case .double: Double(bitPattern: word(place + 1))
        default: nil
        }
    }

    /// The whole number at `place`, or nil if it is something else; 7.0 is a whole number.
    @inlinable public func integer(at place: Int) -> Int64? {
        switch kind(at: place) {
        case .integer: Int64(bitPattern: word(place + 1))
        case .double: Int64(exactly: Double(bitPattern: word(place + 1)))
        default: nil
        }
    }

    /// Calls `body` with the string at `place`, as UTF-8 without escapes.
    @inlinable @inline(__always)
    public func withString<Output>(
        at place: Int, _ body: (borrowing Span<UInt8>) -> Output
    ) -> Output {
        let offset = Int(truncatingIfNeeded: word(place) & 0x00FF_FFFF_FFFF_FFFF)
        // A string is its length in four bytes, little-endian, then its bytes.
        let start = unsafe strings + offset
        let count = unsafe UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return body(unsafe Span(_unsafeStart: start + 4, count: Int(UInt32(littleEndian: count))))
    }

    // simdjson made the tape and every index comes from it, so no bound is checked.
    @inlinable @inline(__always) func word(_ place: Int) -> UInt64 { unsafe words[place] }
}
