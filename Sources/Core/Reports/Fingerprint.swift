import CXXHash

/// 128 bits that stand for bytes: XXH3, which is fixed by its specification, so a fingerprint that
/// was stored can be compared with one that a later version makes.
///
/// It tells changes from no changes; it does not withstand somebody who wants two values to have
/// one fingerprint, and nothing here gives anybody a reason to.
/// Source: <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>.
struct Fingerprint: Hashable, Sendable {
    var low: UInt64
    var high: UInt64

    /// The fingerprint of nothing, for sums.
    static let zero = Fingerprint(low: 0, high: 0)

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// Takes the fingerprint of bytes.
    init(_ bytes: borrowing Span<UInt8>) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        // The pointer is lent to the hash, which only reads.
        unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe cxxhash_128(buffer.baseAddress, buffer.count, &low, &high)
        }
        self.init(low: low, high: high)
    }

    /// Takes the fingerprint of a login, which GitHub compares without the case of ASCII letters.
    init(foldingCase bytes: borrowing Span<UInt8>) {
        // A login has at most 39 bytes; whatever is longer is worth an array.
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

    /// Mixes another in, so that order and place matter.
    @inline(__always)
    func mixed(with other: Fingerprint) -> Fingerprint {
        Fingerprint(
            low: Self.scramble(low ^ (other.low &* 0x9E37_79B9_7F4A_7C15)),
            high: Self.scramble(high &+ (other.high &* 0xC2B2_AE3D_27D4_EB4F)))
    }

    /// Puts two together that stand for things of different kinds, where order does not matter.
    @inline(__always)
    func joined(with other: Fingerprint) -> Fingerprint {
        Fingerprint(low: low ^ other.low, high: high &+ other.high)
    }

    /// Adds another, so that order does not matter and what was added can be taken away again.
    static func += (lhs: inout Fingerprint, rhs: Fingerprint) {
        lhs.low &+= rhs.low
        lhs.high &+= rhs.high
    }

    /// Takes away what was added.
    static func -= (lhs: inout Fingerprint, rhs: Fingerprint) {
        lhs.low &-= rhs.low
        lhs.high &-= rhs.high
    }

    /// 32 hexadecimal digits.
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
