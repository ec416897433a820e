import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A browser without a screen: it follows redirects and keeps cookies.
struct Browser {
    private let transport: any HTTPTransport
    /// Cookies by host and port, then by name.
    private var cookies: [String: [String: String]] = [:]

    /// Opens a browser that has no cookies.
    init(_ transport: any HTTPTransport) { self.transport = transport }

    /// Opens a page and follows where it leads.
    ///
    /// - Parameter address: The page.
    /// - Returns: The status of the last page.
    /// - Throws: What the transport throws, or `malformedReply` if redirects do not end.
    mutating func open(_ address: String) async throws(Failure) -> Int {
        var address = address
        // As many as browsers commonly follow.
        for _ in 0..<20 {
            guard let url = URL(string: address), let host = url.host() else {
                throw Failure(.malformedReply, "a redirect does not lead to a web address")
            }
            let site = "\(host):\(url.port ?? 80)"
            let sent = (cookies[site] ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
            let reply = try await transport.send(
                HTTPClientRequest(
                    "GET", address,
                    fields: sent.isEmpty ? [:] : ["cookie": sent.joined(separator: "; ")]))
            _ = try await reply.body.bytes()
            if let field = reply.fields["set-cookie"] { keep(field, from: site) }
            guard 300..<400 ~= reply.status, let location = reply.fields["location"],
                let next = URL(string: location, relativeTo: url)
            else { return reply.status }
            address = next.absoluteString
        }
        throw Failure(
            .malformedReply, "the redirects of \(address.prefix { $0 != "?" }) do not end")
    }

    private mutating func keep(_ field: String, from site: String) {
        // No attribute matters for one visit to one path on loopback.
        let pair = field.prefix { $0 != ";" }
        guard let equals = pair.firstIndex(of: "=") else { return }
        cookies[site, default: [:]][String(pair[..<equals])] =
            String(pair[pair.index(after: equals)...])
    }
}
