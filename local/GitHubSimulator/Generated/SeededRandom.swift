/// A random number generator that depends only on its key: SplitMix64.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    /// Begins the sequence of a key; different keys have unrelated sequences.
    init(_ key: UInt64...) {
        state = 0x6A09_E667_F3BC_C908
        for part in key { state = next() ^ part &* 0x9E37_79B9_7F4A_7C15 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Returns true with a probability from 0 to 1.
    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    /// Returns an integer in a range.
    mutating func int(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// Returns one of some values; earlier values are more likely.
    mutating func favourite<Value>(_ values: [Value]) -> Value {
        values[Int(Double(values.count) * unit() * unit())]
    }

    private mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
