import Domain
import Ports

/// A transfer and its reader: whoever drops it ends the transfer.
final class TransferReader: Sendable {
    let transfer: Transfer
    /// Held so that libcurl's thread runs as long as there is something to read.
    private let transport: CurlTransport

    init(_ transfer: Transfer, on transport: CurlTransport) {
        self.transfer = transfer
        self.transport = transport
        transport.loop.post(.start(transfer))
    }

    deinit { abandon() }

    /// Ends the transfer if it still runs.
    func abandon() { transport.loop.post(.abandon(transfer)) }

    /// Reads the next chunk of the body as it came; nil at the end.
    func next() async throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            let (bytes, wasPaused) = try await transfer.unread()
            if wasPaused { transport.loop.post(.resume(transfer)) }
            return bytes.isEmpty ? nil : bytes
        } catch {
            // The reader may keep the reply for its head's sake: the transfer ends all the same.
            abandon()
            throw error
        }
    }
}
