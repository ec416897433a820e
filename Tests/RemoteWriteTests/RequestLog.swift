import Synchronization

/// What a backend was sent: how many series, and which metadata.
final class RequestLog: Sendable {
    private let state = Mutex<(series: [Int], metadata: [[WireDecoder.Metadata]])>(([], []))

    var series: [Int] { state.withLock { $0.series } }
    var metadata: [[WireDecoder.Metadata]] { state.withLock { $0.metadata } }

    func note(series count: Int) { state.withLock { $0.series.append(count) } }

    func note(metadata: [WireDecoder.Metadata]) {
        state.withLock { $0.metadata.append(metadata) }
    }
}

extension WireDecoder {
    /// The meaning of one metric.
    struct Metadata: Equatable, Sendable {
        var type: UInt64 = 0
        var name = ""
        var help = ""
        var unit = ""
    }

    /// Decodes a `WriteRequest` that has only metadata.
    static func metadata(_ bytes: [UInt8]) throws -> [Metadata] {
        try fields(bytes[...]).map { field in
            guard case (3, .bytes(let bytes)) = field else { throw Problem(what: "WriteRequest") }
            var metadata = Metadata()
            for field in try fields(bytes) {
                switch field {
                case (1, .varint(let type)): metadata.type = type
                case (2, .bytes(let text)): metadata.name = String(decoding: text, as: UTF8.self)
                case (4, .bytes(let text)): metadata.help = String(decoding: text, as: UTF8.self)
                case (5, .bytes(let text)): metadata.unit = String(decoding: text, as: UTF8.self)
                default: throw Problem(what: "MetricMetadata")
                }
            }
            return metadata
        }
    }
}
