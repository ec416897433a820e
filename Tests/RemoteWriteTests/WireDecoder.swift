/// Decodes a request body as a receiver does, according to the specifications.
struct WireDecoder {
    struct Series: Equatable {
        var labels: [Label] = []
        var samples: [Sample] = []
    }

    struct Label: Equatable {
        var name = ""
        var value = ""
    }

    struct Sample: Equatable {
        var bits: UInt64 = 0
        var milliseconds: Int64 = 0
    }

    struct Problem: Error { var what: String }

    /// Decompresses and decodes a body.
    static func series(inBody body: [UInt8]) throws -> [Series] {
        try series(try decompress(body))
    }

    /// Decodes a `WriteRequest`.
    ///
    /// Throws if there is an unknown field.
    static func series(_ bytes: [UInt8]) throws -> [Series] {
        try fields(bytes[...]).map { field in
            guard case (1, .bytes(let bytes)) = field else { throw Problem(what: "WriteRequest") }
            var series = Series()
            for field in try fields(bytes) {
                switch field {
                case (1, .bytes(let bytes)): series.labels.append(try label(bytes))
                case (2, .bytes(let bytes)): series.samples.append(try sample(bytes))
                default: throw Problem(what: "TimeSeries")
                }
            }
            return series
        }
    }

    private static func label(_ bytes: ArraySlice<UInt8>) throws -> Label {
        var label = Label()
        for field in try fields(bytes) {
            switch field {
            case (1, .bytes(let bytes)): label.name = String(decoding: bytes, as: UTF8.self)
            case (2, .bytes(let bytes)): label.value = String(decoding: bytes, as: UTF8.self)
            default: throw Problem(what: "Label")
            }
        }
        return label
    }

    private static func sample(_ bytes: ArraySlice<UInt8>) throws -> Sample {
        var sample = Sample()
        for field in try fields(bytes) {
            switch field {
            case (1, .eight(let bits)): sample.bits = bits
            case (2, .varint(let value)): sample.milliseconds = Int64(bitPattern: value)
            default: throw Problem(what: "Sample")
            }
        }
        return sample
    }

    enum Value {
        case varint(UInt64)
        case eight(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    static func fields(_ bytes: ArraySlice<UInt8>) throws -> [(Int, Value)] {
        var rest = bytes
        var fields: [(Int, Value)] = []
        while !rest.isEmpty {
            let tag = try varint(&rest)
            switch tag & 7 {
            case 0: fields.append((Int(tag >> 3), .varint(try varint(&rest))))
            case 1: fields.append((Int(tag >> 3), .eight(littleEndian(try take(8, &rest)))))
            case 2:
                let count = Int(try varint(&rest))
                fields.append((Int(tag >> 3), .bytes(try take(count, &rest))))
            default: throw Problem(what: "wire type \(tag & 7)")
            }
        }
        return fields
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Problem(what: "a varint without an end")
    }

    private static func take(
        _ count: Int, _ rest: inout ArraySlice<UInt8>
    ) throws -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Problem(what: "\(count) bytes of \(rest.count)") }
        defer { rest.removeFirst(count) }
        return rest.prefix(count)
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension WireDecoder {
    /// Decompresses snappy's block format.
    ///
    /// Source: <https://github.com/google/snappy/blob/main/format_description.txt>.
    static func decompress(_ block: [UInt8]) throws -> [UInt8] {
        var rest = block[...]
        let total = Int(try varint(&rest))
        var out: [UInt8] = []
        while let tag = rest.popFirst() {
            switch tag & 3 {
            case 0:
                var count = Int(tag >> 2)
                if count >= 60 { count = Int(littleEndian(try take(count - 59, &rest))) }
                out += try take(count + 1, &rest)
            case 1:
                let low = Int(littleEndian(try take(1, &rest)))
                try copy(Int(tag >> 2 & 7) + 4, back: Int(tag >> 5) << 8 | low, &out)
            case 2: try copy(Int(tag >> 2) + 1, back: Int(littleEndian(try take(2, &rest))), &out)
            default: try copy(Int(tag >> 2) + 1, back: Int(littleEndian(try take(4, &rest))), &out)
            }
        }
        guard out.count == total else { throw Problem(what: "\(out.count) bytes, not \(total)") }
        return out
    }

    private static func copy(_ count: Int, back: Int, _ out: inout [UInt8]) throws {
        guard (1...max(1, out.count)).contains(back) else {
            throw Problem(what: "a copy of nothing")
        }
        for _ in 0..<count { out.append(out[out.count - back]) }
    }
}
