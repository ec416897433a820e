import Domain
import Ports

/// The reading end of a transfer.
///
/// Releasing it ends the transfer.
final class TransferReader: Sendable {
    let transfer: Transfer
    /// Keeps libcurl's thread running while there is something to read.
    private let transport: CurlTransport

    init(_ transfer: Transfer, on transport: CurlTransport) {
        self.transfer = transfer
        self.transport = transport
        transport.loop.post(.start(transfer))
    }

    deinit { abandon() }

    /// Ends the transfer if it is still running.
    func abandon() { transport.loop.post(.abandon(transfer)) }

    /// Reads the next chunk of the body as transferred; nil at the end.
    func next() async throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            let (bytes, wasPaused) = try await transfer.unread()
            if wasPaused { transport.loop.post(.resume(transfer)) }
            return bytes.isEmpty ? nil : bytes
        } catch {
            // The caller may keep the response for its head; the transfer ends nevertheless.
            abandon()
            throw error
        }
    }
}
