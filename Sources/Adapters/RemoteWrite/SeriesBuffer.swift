/// The series of the next write request, one after another in protobuf.
///
/// `WriteRequest { repeated TimeSeries timeseries = 1; }` of remote write 1.0 is nothing but its
/// series, so any run of them is the body of a request; see ``EncodedSeries``.
struct SeriesBuffer: Sendable {
    /// How much is enough: so many series or so many bytes.
    struct Bound {
        var count: Int
        var byteCount: Int
    }

    /// All series, uncompressed.
    private(set) var bytes: [UInt8] = []
    /// The series so far.
    private(set) var count = 0

    /// Whether there is as much as `bound` says.
    func isFull(_ bound: Bound) -> Bool { count >= bound.count || bytes.count >= bound.byteCount }

    /// Forgets all, and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Makes room, so that the buffer need not move while it grows; room that nobody writes to costs
    /// no memory.
    mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

    /// Appends several series; room is made once for all of them.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - byteCountMax: The most bytes of one, its head not counted.
    ///   - body: Appends the series.
    @inline(__always)
    mutating func append(
        _ count: Int, byteCountMax: Int, _ body: (inout OutputSpan<UInt8>) -> Void
    ) {
        bytes.append(
            addingCapacity: count * (Protobuf.headByteCountMax + byteCountMax),
            initializingWith: body)
        self.count += count
    }
}
