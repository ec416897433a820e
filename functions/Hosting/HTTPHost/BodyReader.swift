import Domain
import HTTPTypes
import HummingbirdCore
import NIOCore
import Ports
import Synchronization
import Toolbox

/// Reads the body of one request within its limits.
final class BodyReader: Sendable {
    private let request: Request
    private let limits: HTTPServer.Limits
    private let budget: BodyBudget
    /// The bytes taken from the budget, until the request is answered.
    private let taken = Atomic(0)
    /// Whether the body was read to its end.
    private let end: Atomic<Bool>
    /// Whether reading has begun, which is possible once.
    private let isBegun = Atomic(false)

    init(_ request: Request, _ limits: HTTPServer.Limits, _ budget: BodyBudget) {
        self.request = request
        self.limits = limits
        self.budget = budget
        // RFC 9112, section 6.3: without either field there is no body.
        let hasNone =
            request.headers[.transferEncoding] == nil
            && request.headers[.contentLength].map { $0 == "0" } ?? true
        end = Atomic(hasNone)
    }

    deinit { budget.give(taken.load(ordering: .acquiring)) }

    /// Whether none of the body is left on the connection.
    var isWhole: Bool { end.load(ordering: .acquiring) }

    /// Whether the headers already announce a body that is too large.
    var isAnnouncedTooLarge: Bool {
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        return length > limits.bodyByteCountMax
    }

    /// Reads the whole body, which is possible once.
    ///
    /// - Throws: `limitExceeded`, `timedOut`, `rateLimited` if others send too much at once, or
    ///   `unavailable` if the client disconnected.
    func bytes() async throws(Failure) -> [UInt8] {
        guard !isWhole else { return [] }
        guard !isAnnouncedTooLarge else { throw tooLarge }
        let (ending, isLate) = await ContinuousClock().limited(to: limits.bodyTime) {
            await self.read(keeping: true)
        }
        switch isLate ? nil : ending {
        case .whole(let bytes)? where bytes.count <= limits.bodyByteCountMax: return bytes
        case .whole?, .endless?: throw tooLarge
        case .broken?: throw Failure(.unavailable, "the body broke off")
        case .crowded?:
            throw Failure(
                .rateLimited, "too many large bodies at once: send it again later",
                delay: .seconds(1))
        case nil:
            throw Failure(
                .timedOut, "the body did not arrive within \(limits.bodyTime.components.seconds) s")
        }
    }

    /// Reads briefly and discards the data, unless reading has begun.
    ///
    /// A client that is still sending would lose the response if the connection closed at once.
    func discard() async {
        guard !isBegun.load(ordering: .acquiring) else { return }
        let limit = min(limits.bodyTime, .seconds(1))
        _ = await ContinuousClock().limited(to: limit) { await self.read(keeping: false) }
    }

    private var tooLarge: Failure {
        Failure(.limitExceeded, "the body is larger than \(limits.bodyByteCountMax) bytes")
    }

    /// Reads to the end, or until the body is too large even to discard.
    ///
    /// Keeps at most one chunk more than the limit.
    private func read(keeping: Bool) async -> Ending {
        isBegun.store(true, ordering: .releasing)
        var bytes: [UInt8] = []
        var count = 0
        do {
            for try await chunk in request.body {
                count += chunk.readableBytes
                guard count <= limits.bodyByteCountMax * 8 else { return .endless }
                if keeping, bytes.count <= limits.bodyByteCountMax {
                    guard budget.take(chunk.readableBytes) else { return .crowded }
                    taken.add(chunk.readableBytes, ordering: .releasing)
                    bytes += chunk.readableBytesView
                }
            }
        } catch {
            return .broken
        }
        guard !Task.isCancelled else { return .broken }
        end.store(true, ordering: .releasing)
        return .whole(bytes)
    }

    private enum Ending: Sendable {
        case whole([UInt8])
        case endless
        case broken
        case crowded
    }
}
