import Domain

/// A label's value, where it stands.
enum LabelValue {
    /// It is absent, null or of a type that no label has.
    case none
    /// Text, at this place of the tape.
    case text(Int)
    /// A whole number.
    case integer(Int64)

    init(_ tape: borrowing Tape, at place: Int) {
        if tape.kind(at: place) == .string {
            self = .text(place)
        } else {
            self = tape.integer(at: place).map(LabelValue.integer) ?? .none
        }
    }

    /// Whether there is no value.
    var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// The whole number that it is or that its text spells.
    func number(_ tape: borrowing Tape) -> Int64? {
        switch self {
        case .integer(let number): number
        case .text(let place): tape.withString(at: place) { Self.number($0) }
        case .none: nil
        }
    }

    private static func number(_ digits: borrowing Span<UInt8>) -> Int64? {
        guard 1...18 ~= digits.count else { return nil }
        var number: Int64 = 0
        for index in digits.indices {
            guard 48...57 ~= digits[index] else { return nil }
            number = number * 10 + Int64(digits[index] - 48)
        }
        return number
    }

    /// Lends the text of a label.
    ///
    /// - Parameters:
    ///   - tape: The document.
    ///   - body: Is not called if there is none, or one that no label may have.
    /// - Returns: What `body` returned, or nil.
    @discardableResult
    func withText<Result>(
        _ tape: borrowing Tape, _ body: (borrowing Span<UInt8>) -> Result
    ) -> Result? {
        switch self {
        case .none: return nil
        case .text(let place):
            return tape.withString(at: place) { text in
                1...LongDocument.labelByteCountMax ~= text.count ? body(text) : nil
            }
        case .integer(let number):
            let digits = String(number)
            return body(digits.utf8.span)
        }
    }

    /// Adds the label to the block that is being built, unless there is no value.
    func add(as label: Label, _ tape: borrowing Tape, to batch: inout SampleBatch) {
        withText(tape) { text in batch.addLabel(label, text) }
    }
}

extension String {
    /// Makes a string of UTF-8 bytes; bytes that are not UTF-8 are replaced.
    init(copying bytes: borrowing Span<UInt8>) {
        // The pointer is lent for the copy.
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
