import Domain

/// The parts of the protobuf wire format that remote write 1.0 uses.
///
/// Source: <https://protobuf.dev/programming-guides/encoding/>.
enum Protobuf {
    // A tag is the field number, shifted by three, and the wire type: 0 for a varint, 1 for eight
    // bytes, 2 for a length and as many bytes.
    /// `WriteRequest.timeseries`.
    static let series: UInt8 = 1 << 3 | 2
    private static let seriesLabels: UInt8 = 1 << 3 | 2
    private static let seriesSamples: UInt8 = 2 << 3 | 2
    private static let labelName: UInt8 = 1 << 3 | 2
    private static let labelValue: UInt8 = 2 << 3 | 2
    private static let sampleValue: UInt8 = 1 << 3 | 1
    private static let sampleTimestamp: UInt8 = 2 << 3

    /// Appends the tag and the length of a field that is a message or a string.
    @inline(__always)
    static func append(_ tag: UInt8, length: Int, to bytes: inout [UInt8]) {
        bytes.append(tag)
        append(varint: UInt64(length), to: &bytes)
    }

    /// Appends the tag and the length of a field that is a message or a string.
    @inline(__always)
    static func append(_ tag: UInt8, length: Int, to bytes: inout OutputSpan<UInt8>) {
        bytes.append(tag)
        var rest = UInt64(length)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// The most bytes of a tag and a length, which is 64 bits in groups of seven.
    static let headByteCountMax = 1 + 10

    /// Appends a label of a series.
    static func append(_ name: [UInt8], _ value: borrowing Span<UInt8>, to bytes: inout [UInt8]) {
        append(
            seriesLabels,
            length: 1 + varintByteCount(name.count) + name.count
                + 1 + varintByteCount(value.count) + value.count,
            to: &bytes)
        append(labelName, length: name.count, to: &bytes)
        bytes += name
        append(labelValue, length: value.count, to: &bytes)
        unsafe value.withUnsafeBufferPointer { value in
            // The pointer is valid during the copy.
            unsafe bytes.append(contentsOf: value)
        }
    }

    /// Encodes a label of a series.
    static func label(_ name: String, _ value: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(Array(name.utf8), Array(value.utf8).span, to: &bytes)
        return bytes
    }

    /// Encodes the sample of a series, without the eight bytes of its value between the two parts.
    static func sample(at time: Timestamp) -> (before: [UInt8], after: [UInt8]) {
        var after = [sampleTimestamp]
        append(varint: UInt64(bitPattern: time.milliseconds), to: &after)
        var before: [UInt8] = []
        append(seriesSamples, length: 1 + 8 + after.count, to: &before)
        return (before + [sampleValue], after)
    }

    @inline(__always)
    private static func append(varint value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func varintByteCount(_ value: Int) -> Int {
        max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }
}

extension Protobuf {
    /// Removes the next label of a series.
    ///
    /// Returns nil if there are no more.
    static func takeLabel(from series: inout ArraySlice<UInt8>) -> (name: String, value: String)? {
        guard series.first == seriesLabels else { return nil }
        var label = takeMessage(from: &series)
        let name = takeMessage(from: &label)
        let value = takeMessage(from: &label)
        return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    /// Removes the next field and returns its content.
    ///
    /// The bytes must be encoded by this program.
    static func takeMessage(from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.removeFirst()
        var count = 0
        var shift = 0
        while let byte = bytes.popFirst() {
            count |= Int(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        defer { bytes.removeFirst(count) }
        return bytes.prefix(count)
    }
}
