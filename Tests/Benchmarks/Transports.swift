import CSnappy
import Domain
import Ports
import Synchronization

/// A backend that takes everything and does nothing.
struct NullTransport: HTTPTransport {
    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        HTTPClientResponse(status: 200, bytes: [])
    }
}

/// Counts the bytes of the bodies on their way to another transport.
final class CountingTransport: HTTPTransport {
    private let next: any HTTPTransport
    private let count = Mutex(0)

    init(_ next: any HTTPTransport) { self.next = next }

    /// The bytes so far.
    var byteCount: Int { count.withLock { $0 } }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        count.withLock { $0 += request.body.count }
        return try await next.send(request)
    }
}

/// Does again with each body what nobody can do without: one copy of its bytes, and compression.
final class FloorTransport: HTTPTransport {
    /// What was done so far.
    struct Work {
        var copy = Stopwatch()
        var compress = Stopwatch()
        var rawByteCount = 0
        var byteCount = 0
    }

    private let state = Mutex(Work())

    /// What was done so far.
    var work: Work { state.withLock { $0 } }

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let raw = Self.uncompressed(request.body)
        state.withLock { work in
            work.rawByteCount += raw.count
            let capacity = snappy_max_compressed_length(raw.count)
            var target = [UInt8](repeating: 0, count: raw.count)
            var compressed = [UInt8](repeating: 0, count: capacity)
            unsafe raw.withUnsafeBytes { raw in
                // Both buffers have the room that snappy asks for, and are lent for the calls.
                unsafe target.withUnsafeMutableBytes { target in
                    work.copy.count { unsafe target.copyMemory(from: raw) }
                }
                unsafe compressed.withUnsafeMutableBytes { compressed in
                    var count = capacity
                    let status = work.compress.count {
                        unsafe snappy_compress(
                            raw.baseAddress, raw.count, compressed.baseAddress, &count)
                    }
                    precondition(status == SNAPPY_OK, "snappy does not compress")
                    work.byteCount += count
                }
            }
        }
        return HTTPClientResponse(status: 200, bytes: [])
    }

    private static func uncompressed(_ body: [UInt8]) -> [UInt8] {
        unsafe body.withUnsafeBytes { body in
            var count = 0
            unsafe snappy_uncompressed_length(body.baseAddress, body.count, &count)
            return unsafe [UInt8](unsafeUninitializedCapacity: count) { raw, rawCount in
                // Room for what snappy says it will write; both buffers are lent for the call.
                let status = unsafe snappy_uncompress(
                    body.baseAddress, body.count, raw.baseAddress, &count)
                precondition(status == SNAPPY_OK, "snappy does not uncompress its own")
                rawCount = count
            }
        }
    }
}
