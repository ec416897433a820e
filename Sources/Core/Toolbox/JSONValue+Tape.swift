import Domain
import JSONTape

extension JSONValue {
    /// Copies a value from the tape; equal to what `JSONDecoder` reads from the same document.
    init(_ tape: borrowing Tape, at place: Int) {
        switch tape.kind(at: place) {
        case .object: self = .object(Self.members(tape, of: place))
        case .array: self = .array(Self.elements(tape, of: place))
        case .string: self = .string(Self.text(tape, at: place))
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        default:
            if let integer = tape.integer(at: place) {
                self = .integer(integer)
            } else {
                self = tape.number(at: place).map(JSONValue.number) ?? .null
            }
        }
    }

    private static func members(
        _ tape: borrowing Tape, of object: Int
    ) -> [String: JSONValue] {
        var members = [String: JSONValue](minimumCapacity: tape.count(at: object))
        var field = object + 1
        while !tape.isEnd(field) {
            let name = text(tape, at: field)
            // Of two members with one name, the first counts.
            if members[name] == nil { members[name] = JSONValue(tape, at: field + 1) }
            field = tape.after(field + 1)
        }
        return members
    }

    private static func elements(_ tape: borrowing Tape, of array: Int) -> [JSONValue] {
        var elements: [JSONValue] = []
        elements.reserveCapacity(tape.count(at: array))
        var element = array + 1
        while !tape.isEnd(element) {
            elements.append(JSONValue(tape, at: element))
            element = tape.after(element)
        }
        return elements
    }

    private static func text(_ tape: borrowing Tape, at place: Int) -> String {
        tape.withString(at: place) { text in
            // The pointer is lent to the string, which copies the bytes.
            unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }
}
