import Domain
import JSONTape

/// The value of a label, by its place in the document.
enum LabelValue {
    /// It is absent, null or of a type that a label cannot have.
    case none
    /// A text, at this place on the tape.
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

    /// The whole number, or the text as a whole number.
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

    /// The longest text that becomes a label, in bytes; a longer one is not a name.
    static let byteCountMax = 10_922

    /// Calls `body` with the text of the label.
    ///
    /// - Returns: The result of `body`; nil if the label is absent, empty or too long.
    @discardableResult
    func withText<Output>(
        _ tape: borrowing Tape, _ body: (borrowing Span<UInt8>) -> Output
    ) -> Output? {
        switch self {
        case .none: return nil
        case .text(let place):
            return tape.withString(at: place) { text in
                1...Self.byteCountMax ~= text.count ? body(text) : nil
            }
        case .integer(let number):
            let digits = String(number)
            return body(digits.utf8.span)
        }
    }

    /// Whether it is a text that is too long for a label.
    func isTooLong(_ tape: borrowing Tape) -> Bool {
        guard case .text(let place) = self else { return false }
        return tape.withString(at: place) { $0.count > Self.byteCountMax }
    }

    /// Adds the label to the block that is being built, if it has a value.
    func add(as label: Label, _ tape: borrowing Tape, to batch: inout SampleBatch) {
        withText(tape) { text in batch.addLabel(label, text) }
    }
}

extension String {
    /// Decodes UTF-8, with replacement characters for what is not UTF-8.
    init(copying bytes: borrowing Span<UInt8>) {
        // The pointer is lent for the copy.
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
