import Domain
import Ports
import Synchronization
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The clock of a recorded run.
struct PlayingClock: WallClock {
    let session: PlayingSession

    func now() -> Timestamp { session.reading() }
}

/// The random bytes of a recorded run.
struct PlayingEntropy: Entropy {
    let session: PlayingSession

    func bytes(_ count: Int) -> [UInt8] {
        let drawn = session.take(\.entropy) { $0.utf8.count == 2 * count }
        guard let drawn else {
            _ = session.missing("\(count) random bytes")
            return [UInt8](repeating: 0, count: count)
        }
        return stride(from: 0, to: 2 * count, by: 2).map { place in
            UInt8(drawn.dropFirst(place).prefix(2), radix: 16) ?? 0
        }
    }
}

/// The vault of a recorded run: sealed values are placeholders.
struct PlayingVault: Vault {
    let session: PlayingSession

    func seal(_ secret: Secret, for place: StoreKey) -> [UInt8] {
        let name = "vault seal \(place)"
        guard let call = session.take(\.vault, where: { $0.name == name }) else {
            _ = session.missing(name)
            return []
        }
        secret.reveal { session.compare(name, call.text ?? "", $0) }
        return Array(call.sealed.utf8)
    }

    func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret {
        let name = "vault open \(place)"
        let text = String(decoding: sealed, as: UTF8.self)
        guard
            let call = session.take(\.vault, where: { $0.name == name && $0.sealed == text })
        else { throw session.missing(name) }
        if let failure = call.failure?.failure { throw failure }
        return Secret(call.text ?? "")
    }
}

extension RecordedRun.VaultCall {
    /// The call without its answer.
    var name: String { "vault \(call) \(place)" }
}

/// The store of a recorded run: each call has its recorded answer.
struct PlayingStore: KeyValueStore {
    let session: PlayingSession

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        let call = try answer(to: .entry(key))
        guard case .bytes(let value) = call.value, let version = call.version else { return nil }
        return StoreEntry(value: value, version: StoreVersion(version))
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        let call = try answer(to: .put(value, key, condition, expiry))
        return StoreVersion(call.version ?? 0)
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        _ = try answer(to: .remove(key, condition))
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try answer(to: .keys(prefix, cursor, limit)).keys?.compactMap { StoreKey($0) } ?? []
    }

    /// A value in the form that it had when the run was recorded: before values named their versions,
    /// they were the same without.
    private static func comparable(
        _ now: RecordedRun.Body?, with was: RecordedRun.Body?
    ) -> RecordedRun.Body? {
        guard case .bytes(let now) = now, case .bytes(let old) = was, Stored.version(of: old) == nil
        else { return now }
        let bare = Stored.withoutVersion(now)
        // What was an empty value or a word is a mark now.
        return .bytes(bare == Array("{}".utf8) ? old : bare)
    }

    private func answer(to asked: RecordedRun.StoreCall) throws(Failure) -> RecordedRun.StoreCall {
        guard let call = session.take(\.store, where: { $0.name == asked.name }) else {
            throw session.missing(asked.name)
        }
        session.compare("\(asked.name), terms", call.terms ?? "", asked.terms ?? "")
        if asked.value != nil {
            session.compare(
                "\(asked.name), value", call.value.text,
                Self.comparable(asked.value, with: call.value).text)
        }
        if let failure = call.failure?.failure { throw failure }
        return call
    }
}

/// The transport of a recorded run: no request leaves the process.
struct PlayingTransport: HTTPTransport {
    let session: PlayingSession

    func send(_ request: HTTPClientRequest) async throws(Failure) -> HTTPClientResponse {
        let asked = RecordedRun.Exchange(request)
        let found = session.take(\.exchanges) {
            $0.name == asked.name && $0.body.text == asked.body.text
        }
        guard let found else { throw await session.unrecorded(asked.name) }
        let order = session.order
        order.happened(found.began)
        guard let status = found.status else {
            if found.wasCancelled { await order.cancellation() }
            await order.turn(found.answered, since: found.began)
            throw found.failure?.failure ?? session.missing("the response to \(asked.name)")
        }
        await order.turn(found.answered, since: found.began)
        let rest = Mutex(found.reply.map { [$0] } ?? [])
        let body = HTTPBody { () async throws(Failure) in
            if case .bytes(let bytes) = rest.withLock({ $0.popLast() }) { return bytes }
            if found.wasCancelled { await order.cancellation() }
            await order.turn(found.ended, since: found.began)
            if let failure = found.failure?.failure { throw failure }
            return nil
        }
        return HTTPClientResponse(status: status, fields: found.fields ?? [:], body: body)
    }
}

extension RecordedRun.Exchange {
    /// The request's method and address.
    var name: String { "\(method) \(url)" }
}

extension RecordedRun.Body? {
    /// The bytes as text, for comparing and for people.
    var text: String {
        guard case .bytes(let bytes) = self else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The sink of a recorded run: nothing is sent, and the samples are compared.
struct PlayingSink: MetricSink {
    let session: PlayingSession

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        let name = RecordedRun.Writing(of: scope).name
        guard let writing = session.take(\.writings, where: { $0.name == name }) else {
            throw session.missing(name)
        }
        let writer = PlayingWriter(writing: writing)
        try await body(writer)
        let digest = writer.digest.withLock { $0 }
        session.compare(
            writing.name, "\(writing.samples), digest \(writing.digest)",
            "\(digest.count), digest \(digest)")
        if let failure = writing.failure?.failure { throw failure }
        return writing.delivery?.delivery ?? Delivery(accepted: digest.count)
    }

    func write(_ report: CollectorReport) throws(Failure) -> Delivery {
        // An older recording has no samples about the collector.
        guard let recorded = session.takeCollectorWriting() else {
            return Delivery(accepted: report.samples.count)
        }
        let now = RecordedRun.Writing(of: report)
        session.compare(
            recorded.name, "\(recorded.scope), \(recorded.samples), digest \(recorded.digest)",
            "\(now.scope), \(now.samples), digest \(now.digest)")
        if let failure = recorded.failure?.failure { throw failure }
        return recorded.delivery?.delivery ?? Delivery(accepted: report.samples.count)
    }
}

extension RecordedRun.Writing {
    /// Begins the record of a delivery.
    init(of scope: SampleScope) {
        let tags = [scope.tags.application, scope.tags.subsystem].compactMap { $0 }
        self.scope =
            "\(scope.organization)/\(scope.day)/\(scope.source.rawValue) \(tags.joined(separator: "/"))"
    }

    /// The record of samples about the collector.
    init(of report: CollectorReport) {
        let tags = [report.tags.application, report.tags.subsystem].compactMap { $0 }
        scope = "the collector at \(report.time) \(tags.joined(separator: "/"))"
        var digest = SampleDigest()
        digest.add(report)
        samples = digest.count
        self.digest = digest.description
    }

    /// The name in differences.
    var name: String { "samples of \(scope)" }
}

private final class PlayingWriter: SampleWriter {
    private let writing: RecordedRun.Writing
    let digest = Mutex(SampleDigest())

    init(writing: RecordedRun.Writing) { self.writing = writing }

    func write(_ batch: SampleBatch) async throws(Failure) {
        let count = digest.withLock { digest in
            digest.add(batch)
            return digest.count
        }
        // It fails where it failed in the recording.
        if writing.delivery == nil, count >= writing.samples, let failure = writing.failure {
            throw failure.failure
        }
    }
}
