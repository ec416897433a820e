public import Domain
public import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A client of the Prometheus HTTP API, which Prometheus, VictoriaMetrics, Mimir and Coralogix serve.
///
/// Source: <https://prometheus.io/docs/prometheus/latest/querying/api/>.
public struct QueryAPI: Sendable {
    /// The longest time that a page waits for an answer.
    private static let timeout: Duration = .seconds(10)
    /// A year of one organization has some megabytes.
    private static let replyByteCountMax = 64 << 20

    /// A series of an answer, with its name among the labels.
    public struct Series: Hashable, Sendable {
        /// The labels.
        public var labels: [String: String]
        /// Times and values, oldest first.
        public var points: [Point]
    }

    /// A value at a time.
    public struct Point: Hashable, Sendable {
        /// When.
        public var time: Timestamp
        /// The value.
        public var value: Double
    }

    private let base: String
    private let authorization: Secret?
    private let transport: any HTTPTransport

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - url: The value of `QUERY_URL`, with or without `/api/v1` at its end.
    ///   - authorization: The header `authorization`; nil for none.
    public init(url: String, authorization: Secret?, transport: any HTTPTransport) {
        var base = url
        while base.last == "/" { base.removeLast() }
        self.base = base.hasSuffix("/api/v1") ? base : base + "/api/v1"
        self.authorization = authorization
        self.transport = transport
    }

    /// Evaluates a query at a time: values then, or, of a query that ends with `[range]`, all samples.
    public func query(_ promQL: String, at time: Timestamp) async throws(Failure) -> [Series] {
        try await ask("query", [("query", promQL), ("time", Self.text(time))])
    }

    /// Evaluates a query at each step of a range of time.
    public func query(
        _ promQL: String, over times: ClosedRange<Timestamp>, step: Duration
    ) async throws(Failure) -> [Series] {
        try await ask(
            "query_range",
            [
                ("query", promQL), ("start", Self.text(times.lowerBound)),
                ("end", Self.text(times.upperBound)), ("step", "\(step.components.seconds)"),
            ])
    }

    /// A text as a string of PromQL.
    static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }

    private static func text(_ time: Timestamp) -> String {
        "\(Double(time.milliseconds) / 1_000)"
    }

    private func ask(
        _ name: String, _ fields: [(String, String)]
    ) async throws(Failure) -> [Series] {
        var request = HTTPClientRequest(
            "POST", "\(base)/\(name)",
            fields: [
                "content-type": "application/x-www-form-urlencoded", "accept": "application/json",
                "user-agent": ProductVersion.userAgent,
            ], body: Array(Form(fields).encoded.utf8), timeout: Self.timeout,
            replyByteCountMax: Self.replyByteCountMax)
        if let authorization { request.secretFields["authorization"] = authorization }
        let reply: HTTPClientResponse
        let bytes: [UInt8]
        do throws(Failure) {
            reply = try await transport.send(request)
            bytes = try await reply.body.bytes()
        } catch {
            throw Failure(error.code, "QUERY_URL cannot be reached: \(error.message)")
        }
        return try read(bytes, reply.status)
    }

    private func read(_ bytes: [UInt8], _ status: Int) throws(Failure) -> [Series] {
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(bytes))
        if [401, 403].contains(status) {
            throw Failure(
                .unauthorized,
                """
                QUERY_URL refuses the credentials (status \(status)). Check QUERY_BEARER_TOKEN, or \
                QUERY_USERNAME and QUERY_PASSWORD
                """)
        }
        guard let answer else {
            throw Failure(
                .malformedReply,
                """
                QUERY_URL does not answer as a Prometheus HTTP API (status \(status)). Set it to the \
                address before /api/v1/query
                """)
        }
        guard status == 200, let found = answer.data?.result else {
            throw Failure(
                status >= 500 ? .unavailable : .rejected,
                "QUERY_URL refuses the query: \(answer.error ?? "status \(status)")")
        }
        return found.map { series in
            Series(
                labels: series.metric,
                points: (series.values ?? [series.value].compactMap(\.self)).compactMap(\.point))
        }
    }

    /// The largest value that is read, so that arithmetic with it cannot overflow.
    private static let valueMax = 1e15

    private struct Answer: Decodable {
        var data: Content?
        var error: String?

        struct Content: Decodable { var result: [Found] }

        struct Found: Decodable {
            var metric: [String: String]
            var value: Pair?
            var values: [Pair]?
        }

        /// `[1776470399, "21"]`.
        struct Pair: Decodable {
            /// The point; nil if its value is not a number, or one that no sample of ours has.
            let point: Point?

            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                let time = Timestamp(fractionalSeconds: try list.decode(Double.self))
                let value = Double(try list.decode(String.self))
                guard let time, let value else {
                    throw DecodingError.dataCorruptedError(
                        in: list, debugDescription: "not a sample")
                }
                point = value.magnitude <= QueryAPI.valueMax ? Point(time: time, value: value) : nil
            }
        }
    }
}
