/// The encoded series of the next write request.
///
/// The message of remote write 1.0, `WriteRequest { repeated TimeSeries timeseries = 1; }`,
/// consists only of its series. So any run of series is the body of a request; see
/// ``EncodedSeries``.
struct SeriesBuffer: Sendable {
    /// The number of series or bytes that fills the buffer.
    struct Bound {
        var count: Int
        var byteCount: Int
    }

    /// The series, uncompressed.
    private(set) var bytes: [UInt8] = []
    /// The number of series.
    private(set) var count = 0

    /// Whether the buffer has reached `bound`.
    func isFull(_ bound: Bound) -> Bool { count >= bound.count || bytes.count >= bound.byteCount }

    /// Removes all series and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Reserves address space, so that the buffer does not move while it grows.
    ///
    /// Space that is not written to takes no memory.
    mutating func reserve(_ byteCount: Int) { bytes.reserveCapacity(byteCount) }

    /// Appends several series, and reserves space once for all of them.
    ///
    /// - Parameters:
    ///   - byteCountMax: The most bytes of one series, without its tag and length.
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
