/// JSON text without white space.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Begins an object or a list.
    mutating func open(_ bracket: StaticString, _ name: StaticString? = nil) {
        if let name { add(name: name) } else { separate() }
        append(bracket)
        needsComma = false
    }

    /// Ends an object or a list.
    mutating func close(_ bracket: StaticString) {
        append(bracket)
        // What is after a line break is another document.
        needsComma = bytes.last != 0x0A
    }

    /// Adds a text that needs no escapes.
    mutating func add(_ name: StaticString, _ value: String) {
        add(name: name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Adds a number.
    mutating func add(_ name: StaticString, _ value: Int) {
        add(name: name)
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// Adds a value that is JSON already.
    mutating func add(_ name: StaticString, literally value: StaticString) {
        add(name: name)
        append(value)
    }

    /// Removes and returns the first `count` bytes, or all if there are fewer; nil if there are none.
    mutating func take(_ count: Int) -> [UInt8]? {
        guard !bytes.isEmpty else { return nil }
        guard count < bytes.count else {
            defer { bytes.removeAll(keepingCapacity: true) }
            return bytes
        }
        defer { bytes.removeFirst(count) }
        return Array(bytes[..<count])
    }

    private mutating func add(name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func append(_ text: StaticString) {
        // A static string's bytes are there for good.
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
