/// The values of a source's series at one reading, in 12 bytes per series, so that a later reading
/// can count what GitHub revised.
///
/// For up to ``entryCountMax`` series it is complete, and the counts are exact. Of a larger source it
/// keeps one series in 2, 4, 8 …, chosen by hash and so the same at every reading. The counts are then
/// extrapolated and marked as estimates. It never takes more than 256 KiB.
public struct SeriesSnapshot: Hashable, Sendable {
    /// The most series that are kept.
    public static let entryCountMax = 20_000

    struct Entry: Hashable, Sendable {
        /// A hash of the metric and its labels, without names and addresses.
        var series: UInt64
        /// A hash of the value.
        var value: UInt32
    }

    /// The snapshot keeps one series in two to this power.
    let scale: UInt8
    /// The entries in the order of `series`.
    let entries: [Entry]

    init(scale: UInt8, entries: [Entry]) {
        self.scale = scale
        self.entries = entries.sorted { $0.series < $1.series }
    }

    /// Counts the differences from an earlier snapshot of the source.
    ///
    /// - Returns: The counts; estimates if either snapshot is not complete.
    public func changes(since earlier: SeriesSnapshot) -> SampleChanges {
        let scale = max(scale, earlier.scale)
        let new = entries.filter { Self.isKept($0.series, scale) }
        let old = earlier.entries.filter { Self.isKept($0.series, scale) }
        var (changed, common) = (0, 0)
        var place = 0
        for entry in new {
            while place < old.count, old[place].series < entry.series { place += 1 }
            guard place < old.count, old[place].series == entry.series else { continue }
            common += 1
            if old[place].value != entry.value { changed += 1 }
            place += 1
        }
        return SampleChanges(
            changed: changed << Int(scale), added: (new.count - common) << Int(scale),
            removed: (old.count - common) << Int(scale), seriesPerKept: 1 << Int(scale))
    }

    /// Whether a snapshot of this scale keeps a series.
    static func isKept(_ series: UInt64, _ scale: UInt8) -> Bool {
        series & ((1 << UInt64(scale)) - 1) == 0
    }
}

/// The differences between two readings of a source.
public struct SampleChanges: Hashable, Sendable {
    /// Samples with a different value.
    public let changed: Int
    /// Samples that are new.
    public let added: Int
    /// Samples that are gone.
    public let removed: Int
    /// The number of series that each counted one represents; 1 if the counts are exact.
    public let seriesPerKept: Int
}

// MARK: Bytes

extension SeriesSnapshot {
    private static let version: UInt8 = 1
    private static let entryByteCount = 12

    /// The snapshot as bytes, at most 240,002.
    public var bytes: [UInt8] {
        var bytes = [Self.version, scale]
        bytes.reserveCapacity(2 + entries.count * Self.entryByteCount)
        for entry in entries {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: entry.series >> UInt64(shift)))
            }
            for shift in stride(from: 0, to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: entry.value >> UInt32(shift)))
            }
        }
        return bytes
    }

    /// Decodes a snapshot.
    ///
    /// - Parameter bytes: The value of ``bytes``. Anything else, or another version, results in nil.
    public init?(bytes: some RandomAccessCollection<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count >= 2, bytes[0] == Self.version, bytes[1] < 64,
            (bytes.count - 2).isMultiple(of: Self.entryByteCount)
        else { return nil }
        func number(_ start: Int, _ count: Int) -> UInt64 {
            (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
        }
        let entries = stride(from: 2, to: bytes.count, by: Self.entryByteCount).map { start in
            Entry(series: number(start, 8), value: UInt32(number(start + 8, 4)))
        }
        self.init(scale: bytes[1], entries: entries)
    }
}

/// Builds the snapshot of a reading, in bounded memory.
struct SnapshotBuilder: Sendable {
    private struct Entry: Sendable {
        var series: UInt64
        var value: UInt32
        /// The ordinal of the series' record.
        var ordinal: Int
    }

    private var entries: [Entry] = []
    private var scale: UInt8 = 0
    private var mask: UInt64 = 0

    /// Adds a sample.
    mutating func add(series: UInt64, value: UInt64, ordinal: Int) {
        guard series & mask == 0 else { return }
        // The upper half of a product depends on every bit below it.
        let product = (value ^ (value >> 32)) &* 0x9E37_79B9_7F4A_7C15
        let short = UInt32(truncatingIfNeeded: product >> 32)
        entries.append(Entry(series: series, value: short, ordinal: ordinal))
        shrink()
    }

    /// Adds the samples of other files.
    mutating func merge(_ other: SnapshotBuilder) {
        entries += other.entries
        coarsen(to: max(scale, other.scale))
        shrink()
    }

    /// The snapshot, without the samples of replaced records.
    func snapshot(leavingOut replaced: ReplacedRecords) -> SeriesSnapshot {
        let kept = replaced.isEmpty ? entries : entries.filter { !replaced.contains($0.ordinal) }
        return SeriesSnapshot(
            scale: scale,
            entries: kept.map { SeriesSnapshot.Entry(series: $0.series, value: $0.value) })
    }

    private mutating func shrink() {
        while entries.count > SeriesSnapshot.entryCountMax { coarsen(to: scale + 1) }
    }

    private mutating func coarsen(to scale: UInt8) {
        guard scale > self.scale else { return }
        self.scale = scale
        mask = (1 << UInt64(scale)) - 1
        entries.removeAll { !SeriesSnapshot.isKept($0.series, scale) }
    }
}
