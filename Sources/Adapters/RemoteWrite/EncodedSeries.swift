/// The separate series of an encoded body.
///
/// A body that is too large or was rejected is split without encoding anything again.
struct EncodedSeries: Sendable {
    private let bytes: [UInt8]
    /// Series `n` is `bytes[bounds[n]..<bounds[n + 1]]`.
    private let bounds: [Int]

    /// Finds the series in an uncompressed body of this program.
    init(_ body: [UInt8]) {
        bytes = body
        var bounds = [0]
        var rest = body[...]
        while !rest.isEmpty {
            _ = Protobuf.takeMessage(from: &rest)
            bounds.append(rest.startIndex)
        }
        self.bounds = bounds
    }

    /// The number of series.
    var count: Int { bounds.count - 1 }

    /// The bytes of a run of series.
    func bytes(of series: Range<Int>) -> ArraySlice<UInt8> {
        bytes[bounds[series.lowerBound]..<bounds[series.upperBound]]
    }

    /// Splits the series into requests.
    ///
    /// - Parameters:
    ///   - countMax: The most series per request.
    ///   - byteCountMax: The most bytes per request, unless it has only one series.
    /// - Returns: A range of series for each request.
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
