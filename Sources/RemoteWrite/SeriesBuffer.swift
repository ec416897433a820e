/// Series of a write request, one after another in protobuf.
///
/// `WriteRequest { repeated TimeSeries timeseries = 1; }` of remote write 1.0 is nothing but its
/// series, so any run of them is the body of a request: a refused one is split without encoding
/// anything again.
struct SeriesBuffer: Sendable {
    /// How much is enough: so many series or so many bytes.
    struct Bound {
        var count: Int
        var byteCount: Int
    }

    private var bytes: [UInt8] = []
    /// Series n is `bytes[bounds[n]..<bounds[n + 1]]`.
    private var bounds = [0]

    /// The series so far.
    var count: Int { bounds.count - 1 }

    /// The bytes of all series, uncompressed.
    var byteCount: Int { bytes.count }

    /// Whether there is as much as `bound` says.
    func isFull(_ bound: Bound) -> Bool { count >= bound.count || byteCount >= bound.byteCount }

    /// The bytes of a run of series, uncompressed.
    func bytes(of series: Range<Int>) -> ArraySlice<UInt8> {
        bytes[bounds[series.lowerBound]..<bounds[series.upperBound]]
    }

    /// Forgets all, and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        bounds.append(0)
    }

    /// Appends several series; room is made once for all of them.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - byteCountMax: The most bytes of one, its head not counted.
    ///   - body: Appends the series, and after each the bytes so far to the second span.
    @inline(__always)
    mutating func append(
        _ count: Int, byteCountMax: Int,
        _ body: (inout OutputSpan<UInt8>, inout OutputSpan<Int>) -> Void
    ) {
        // The ends are moved out and in again: both arrays cannot be changed in place at once.
        var ends = bounds
        bounds = []
        let start = bytes.count
        let first = ends.count
        bytes.append(addingCapacity: count * (Protobuf.headByteCountMax + byteCountMax)) { series in
            ends.append(addingCapacity: count) { ends in body(&series, &ends) }
        }
        for place in first..<ends.count { ends[place] += start }
        bounds = ends
    }

    /// Cuts the buffer into requests.
    ///
    /// - Parameters:
    ///   - countMax: The most series of a request.
    ///   - byteCountMax: The most bytes of a request of more than one series.
    /// - Returns: Runs of series, which together are the buffer.
    func requests(countMax: Int, byteCountMax: Int) -> [Range<Int>] {
        var requests: [Range<Int>] = []
        var start = 0
        while start < count {
            var end = min(start + countMax, count)
            while end - start > 1, bounds[end] - bounds[start] > byteCountMax {
                end = start + (end - start) / 2
            }
            requests.append(start..<end)
            start = end
        }
        return requests
    }
}
