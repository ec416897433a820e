/// A decompressor that works in bounded memory.
protocol PackedStream: AnyObject {
    /// Whether the body may end here: every compressed unit that began has ended.
    var isWhole: Bool { get }

    /// Provides compressed bytes. All previous ones must have been used.
    func feed(_ bytes: [UInt8])

    /// Decompresses some of the provided bytes.
    ///
    /// - Returns: At least one byte; nil when more input is needed.
    func next() throws(NotPacked) -> [UInt8]?
}

/// The compressed bytes are invalid, or their checksum does not match.
struct NotPacked: Error {
    /// What is wrong with them, if it is known.
    var why = "the compressed response is invalid"
}

/// The supported content encodings.
enum Packing: CaseIterable {
    /// RFC 1952.
    case gzip
    /// RFC 8878.
    case zstd

    /// The value of `accept-encoding`.
    static let accepted = "gzip, zstd"

    /// Parses a `content-encoding`; nil if it is not supported.
    init?(encoding: String) {
        switch encoding {
        case "gzip", "x-gzip": self = .gzip
        case "zstd": self = .zstd
        default: return nil
        }
    }

    /// The bytes at the beginning of every compressed body.
    ///
    /// JSON never begins with them.
    var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B, 8]  // Deflate included: RFC 1952, 2.3.1.
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]  // RFC 8878, 3.1.1.
        }
    }

    /// Creates a decompressor.
    func stream() -> any PackedStream {
        switch self {
        case .gzip: GzipStream()
        case .zstd: ZstdStream()
        }
    }
}
