/// The series of a body, told apart again: a body that is too large or refused is cut without
/// encoding anything a second time.
struct EncodedSeries: Sendable {
    private let bytes: [UInt8]
    /// Series n is `bytes[bounds[n]..<bounds[n + 1]]`.
    private let bounds: [Int]

    /// Finds the series of an uncompressed body that this program encoded.
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

    /// How many there are.
    var count: Int { bounds.count - 1 }

    /// The bytes of a run of series.
    func bytes(of series: Range<Int>) -> ArraySlice<UInt8> {
        bytes[bounds[series.lowerBound]..<bounds[series.upperBound]]
    }

    /// Cuts the series into requests.
    ///
    /// - Parameters:
    ///   - countMax: The most series of a request.
    ///   - byteCountMax: The most bytes of a request of more than one series.
    /// - Returns: Runs of series, which together are all.
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
