public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A series as a query names it: its labels by name, `__name__` among them.
public typealias SeriesLabels = [String: String]

extension Backend {
    /// Evaluates PromQL at one moment.
    ///
    /// - Parameters:
    ///   - query: The expression, which gives an instant vector.
    ///   - time: The moment.
    /// - Returns: The value of each series.
    /// - Throws: `Failure` if the backend does not answer, or `DecodingError`.
    public func query(_ query: String, at time: Timestamp) async throws -> [SeriesLabels: Double] {
        let series = try await ask("query", ["query": query, "time": "\(time.seconds)"])
        var values: [SeriesLabels: Double] = [:]
        for one in series { values[one.metric] = one.value?.number }
        return values
    }

    /// Waits until an expression has a result now, such as after a scrape.
    ///
    /// - Throws: `timedOut` after 60 s.
    public func wait(for query: String) async throws {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(60))
        while clock.now < end {
            if try await !ask("query", ["query": query]).isEmpty { return }
            try await clock.sleep(for: .milliseconds(250))
        }
        throw Failure(.timedOut, "\(query) has no result after 60 s")
    }

    /// Makes what was written visible to queries.
    ///
    /// VictoriaMetrics buffers what it received, and this is its documented way for tests;
    /// Prometheus does not know the address and needs no such thing.
    ///
    /// - Throws: `Failure` if the backend does not answer.
    public func flush() async throws {
        _ = try await http.send(HTTPClientRequest("GET", "\(url)/internal/force_flush"))
    }

    /// Evaluates PromQL at moments an equal step apart.
    ///
    /// - Parameters:
    ///   - query: The expression, which gives an instant vector.
    ///   - start: The first moment.
    ///   - end: The last moment at most.
    ///   - step: From one moment to the next.
    /// - Returns: The values of each series by moment.
    /// - Throws: `Failure` if the backend does not answer, or `DecodingError`.
    public func query(
        _ query: String, from start: Timestamp, through end: Timestamp, step: Duration
    ) async throws -> [SeriesLabels: [Timestamp: Double]] {
        let series = try await ask(
            "query_range",
            [
                "query": query, "start": "\(start.seconds)", "end": "\(end.seconds)",
                "step": "\(step.components.seconds)",
            ])
        var values: [SeriesLabels: [Timestamp: Double]] = [:]
        for one in series {
            for point in one.values ?? [] {
                values[one.metric, default: [:]][point.time] = point.number
            }
        }
        return values
    }

    private func ask(_ what: String, _ parameters: [String: String]) async throws -> [Series] {
        var form = URLComponents()
        form.queryItems = parameters.map { URLQueryItem(name: $0.key, value: $0.value) }
        // A query item leaves `+` as it is, and a form reads it as a space.
        let body = (form.percentEncodedQuery ?? "").replacing("+", with: "%2B")
        let reply = try await http.send(
            HTTPClientRequest(
                "POST", "\(url)/api/v1/\(what)",
                fields: ["content-type": "application/x-www-form-urlencoded"],
                body: Array(body.utf8)))
        let bytes = try await reply.body.bytes()
        guard reply.status == 200 else {
            throw Failure(
                .malformedReply,
                "\(what) answered \(reply.status) \(String(decoding: bytes, as: UTF8.self))")
        }
        return try JSONDecoder().decode(Answer.self, from: Data(bytes)).data.result
    }
}

private struct Answer: Decodable {
    struct Content: Decodable { var result: [Series] }
    var data: Content
}

private struct Series: Decodable {
    var metric: SeriesLabels
    var value: Point?
    var values: [Point]?
}

/// A number as both backends give it: `[seconds, "text"]`.
private struct Point: Decodable {
    var time: Timestamp
    var number: Double

    init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        time = Timestamp(milliseconds: Int64((try parts.decode(Double.self) * 1_000).rounded()))
        let text = try parts.decode(String.self)
        guard let number = Double(text) else {
            throw DecodingError.dataCorruptedError(in: parts, debugDescription: "not a number")
        }
        self.number = number
    }
}
