public import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a strict receiver accepted and refused.
extension Backend {
    /// Why the strict receiver refused requests, in order; empty if it refused none.
    public func refused() async throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(try await get("/refused")))
    }

    /// The series that the strict receiver has at a moment, with their last values.
    public func received(at time: Timestamp) async throws -> [SeriesLabels: Double] {
        let all = try JSONDecoder().decode([Received].self, from: Data(try await get("/series")))
        return Dictionary(
            all.filter { $0.time == time }.map { ($0.labels, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// A sample as the receiver lists it: its labels, its value in hexadecimal, its time.
    private struct Received: Decodable {
        let labels: SeriesLabels
        let value: Double
        let time: Timestamp

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            labels = try list.decode(SeriesLabels.self)
            value = Double(try list.decode(String.self)) ?? .nan
            time = Timestamp(milliseconds: try list.decode(Int64.self))
        }
    }
}

/// What InfluxDB stored.
extension Backend {
    func createDatabase() async throws { _ = try await ask("CREATE DATABASE metrics") }

    /// The series that InfluxDB has at a moment: a measurement and its tags are a series.
    public func points(at time: Timestamp) async throws -> [SeriesLabels: Double] {
        let query = "SELECT value FROM /.+/ WHERE time = \(time.seconds)s GROUP BY *"
        let answer = try JSONDecoder().decode(
            InfluxAnswer.self, from: Data(try await ask(query)))
        var values: [SeriesLabels: Double] = [:]
        for series in answer.results.flatMap({ $0.series ?? [] }) {
            // A tag that other series of the measurement have is empty here.
            var labels = (series.tags ?? [:]).filter { !$0.value.isEmpty }
            labels["__name__"] = series.name
            values[labels] = series.values.last?.last
        }
        return values
    }

    private struct InfluxAnswer: Decodable {
        struct Result: Decodable { var series: [Series]? }
        struct Series: Decodable {
            var name: String
            var tags: [String: String]?
            /// The time and the value of each point.
            var values: [[Double]]
        }
        var results: [Result]
    }

    private func ask(_ query: String) async throws -> [UInt8] {
        let form = Form([("db", "metrics"), ("epoch", "s"), ("q", query)]).encoded
        let reply = try await http.send(
            HTTPClientRequest(
                "POST", "\(url)/query",
                fields: ["content-type": "application/x-www-form-urlencoded"],
                body: Array(form.utf8), replyByteCountMax: 64 << 20))
        return try await Self.content(reply, of: query)
    }

    private func get(_ path: String) async throws -> [UInt8] {
        let reply = try await http.send(HTTPClientRequest("GET", "\(url)\(path)"))
        return try await Self.content(reply, of: path)
    }

    private static func content(
        _ reply: HTTPClientResponse, of what: String
    ) async throws -> [UInt8] {
        let bytes = try await reply.body.bytes()
        guard reply.status == 200 else {
            throw Failure(
                .malformedReply,
                "\(what) answered \(reply.status) \(String(decoding: bytes, as: UTF8.self))")
        }
        return bytes
    }
}
