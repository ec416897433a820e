/// A body on its way from packed to plain, piece by piece, in bounded memory.
protocol PackedStream: AnyObject {
    /// Whether everything that began has ended, so that the body may end here.
    var isWhole: Bool { get }

    /// Takes the next packed bytes; the ones before must have been used up.
    func feed(_ bytes: [UInt8])

    /// Unpacks some of what was fed.
    ///
    /// - Returns: At least one byte, or nil when more must be fed.
    func next() throws(NotPacked) -> [UInt8]?
}

/// The bytes are not what they should be, or their check at the end does not agree.
struct NotPacked: Error {}

/// The ways in which a body may be packed.
enum Packing: CaseIterable {
    /// RFC 1952.
    case gzip
    /// RFC 8878.
    case zstd

    /// What is asked for.
    static let accepted = "gzip, zstd"

    /// The packing that a head names; nil for one that nobody asked for.
    init?(encoding: String) {
        switch encoding {
        case "gzip", "x-gzip": self = .gzip
        case "zstd": self = .zstd
        default: return nil
        }
    }

    /// What every packed body begins with; no JSON does.
    var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B, 8]  // Deflate included: RFC 1952, 2.3.1.
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]  // RFC 8878, 3.1.1.
        }
    }

    /// Begins to unpack.
    func stream() -> any PackedStream {
        switch self {
        case .gzip: GzipStream()
        case .zstd: ZstdStream()
        }
    }
}
