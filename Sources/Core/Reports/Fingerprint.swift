import CXXHash

/// A 128-bit hash of bytes: XXH3.
///
/// Its specification is fixed, so a stored fingerprint can be compared with one that a later version
/// computes. It detects changes. It does not resist an attacker who looks for two values with one fingerprint,
/// and nobody here gains anything from that.
/// Source: <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>.
struct Fingerprint: Hashable, Sendable {
    var low: UInt64
    var high: UInt64

    /// The start of a sum of fingerprints.
    static let zero = Fingerprint(low: 0, high: 0)

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Computes the fingerprint of bytes.
    init(_ bytes: borrowing Span<UInt8>) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        // The pointer is lent to the hash, which only reads.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe cxxhash_128(buffer.baseAddress, buffer.count, &low, &high)
        }
        self.init(low: low, high: high)
    }

    /// Computes the fingerprint of a login without the case of ASCII letters, which GitHub ignores.
    init(foldingCase bytes: borrowing Span<UInt8>) {
        // A login has at most 39 bytes, so only unusual text needs an array.
        guard bytes.count <= 64 else {
            let folded = bytes.indices.map { Self.folded(bytes[$0]) }
            self.init(folded.span)
            return
        }
        var folded = InlineArray<64, UInt8>(repeating: 0)
        for index in bytes.indices { folded[index] = Self.folded(bytes[index]) }
        self.init(folded.span.extracting(first: bytes.count))
    }

    private static func folded(_ byte: UInt8) -> UInt8 { 65...90 ~= byte ? byte | 0x20 : byte }

    /// Mixes in another fingerprint; the order matters.
    @inline(__always)
    func mixed(with other: Fingerprint) -> Fingerprint {
        Fingerprint(
            low: Self.scramble(low ^ (other.low &* 0x9E37_79B9_7F4A_7C15)),
            high: Self.scramble(high &+ (other.high &* 0xC2B2_AE3D_27D4_EB4F)))
    }

    /// Combines two fingerprints of different kinds of things.
    @inline(__always)
    func joined(with other: Fingerprint) -> Fingerprint {
        Fingerprint(low: low ^ other.low, high: high &+ other.high)
    }

    /// Adds another fingerprint; the order does not matter.
    static func += (lhs: inout Fingerprint, rhs: Fingerprint) {
        lhs.low &+= rhs.low
        lhs.high &+= rhs.high
    }

    /// Subtracts a fingerprint that was added.
    static func -= (lhs: inout Fingerprint, rhs: Fingerprint) {
        lhs.low &-= rhs.low
        lhs.high &-= rhs.high
    }

    /// The fingerprint as 32 hexadecimal digits.
    var hex: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    // The finalizer of MurmurHash3, which spreads every bit over the word.
    @inline(__always)
    private static func scramble(_ value: UInt64) -> UInt64 {
        var word = value
        word = (word ^ (word >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        word = (word ^ (word >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return word ^ (word >> 33)
    }
}
