import Ports
import Synchronization

/// The body of an exchange whose reply is packed by gzip, unpacked as it is read.
final class UnpackedBody: Sendable {
    private let exchange: Exchange
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var stream = GzipStream()
        var byteCount = 0
    }

    init(_ exchange: Exchange) { self.exchange = exchange }

    /// Reads the next chunk; nil at the end.
    func next() async throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            while true {
                if let bytes = try unpack() { return bytes }
                guard let packed = try await exchange.next() else { break }
                state.withLock { $0.stream.feed(packed) }
            }
            // The connection ended as it should: it is what it carried that is not whole.
            guard state.withLock({ $0.stream.isWhole }) else { throw broken("ends too early") }
            return nil
        } catch {
            exchange.abandon()
            throw error
        }
    }

    /// Unpacks some of what has come; nil if more must come first.
    private func unpack() throws(Failure) -> [UInt8]? {
        let transfer = exchange.transfer
        return try state.withLock { state throws(Failure) in
            let bytes: [UInt8]?
            do throws(GzipStream.NotGzip) {
                bytes = try state.stream.next()
            } catch {
                throw broken("is not gzip, or was changed")
            }
            state.byteCount += bytes?.count ?? 0
            guard state.byteCount <= transfer.request.replyByteCountMax else {
                throw transfer.overLimit
            }
            return bytes
        }
    }

    private func broken(_ how: String) -> Failure {
        Failure(.unavailable, "\(exchange.transfer.target.host): the packed reply \(how)")
    }
}
