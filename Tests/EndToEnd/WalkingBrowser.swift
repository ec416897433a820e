import CurlHTTP
import Domain
import Ports
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A browser that a test clicks through: it keeps cookies, follows redirects, and submits forms.
struct WalkingBrowser {
    private let transport = CurlTransport()
    private var cookies: [String: [String: String]] = [:]
    /// The address of the page that is shown.
    private(set) var address = ""
    /// The page that is shown.
    private(set) var page = Stage.Page(status: 0, fields: [:], page: "")
    /// How often something was clicked.
    private(set) var clicks = 0

    /// Types an address.
    mutating func open(_ address: String) async throws {
        try await go("GET", address, body: "")
    }

    /// Clicks a link by its text.
    mutating func follow(_ text: String) async throws {
        clicks += 1
        let links = page.page.matches(of: /<a [^>]*href="([^"]*)"[^>]*>([^<]*)<\/a>/)
        let link = try #require(
            links.first { $0.output.2.trimmed() == text }, "there is no link \(text)")
        try await go("GET", Self.plain(link.output.1), body: "")
    }

    /// Clicks a button by its text, after filling in its form.
    ///
    /// - Parameters:
    ///   - changes: Values of fields by name, in place of those on the page.
    ///   - unchecked: The values of boxes to leave out.
    mutating func press(
        _ text: String, _ changes: [String: String] = [:], unchecked: Set<String> = []
    ) async throws {
        clicks += 1
        let forms = page.page.matches(of: /<form ([^>]*)>((?s:.)*?)<\/form>/)
        let form = try #require(
            forms.first { $0.output.2.contains(">\(text)</button>") }, "there is no button \(text)")
        var fields: [(String, String)] = []
        for input in form.output.2.matches(of: /<(?:input|button) ([^>]*)>([^<]*)/) {
            guard let name = Self.attribute("name", input.output.1) else { continue }
            let value = Self.attribute("value", input.output.1) ?? ""
            let isButton = input.output.0.hasPrefix("<button")
            if isButton ? input.output.2 != text : unchecked.contains(value) { continue }
            fields.append((name, changes[name] ?? value))
        }
        for choice in form.output.2.matches(
            of: /<select name="([^"]*)">.*?<option(?: value="([^"]*)")?>([^<]*)/)
        {
            let name = String(choice.output.1)
            let first = choice.output.2 ?? choice.output.3
            fields.append((name, changes[name] ?? String(first)))
        }
        let action = Self.attribute("action", form.output.1) ?? address
        let isPost = Self.attribute("method", form.output.1) == "post"
        let encoded = Form(fields).encoded
        try await go(
            isPost ? "POST" : "GET", isPost ? action : "\(action)?\(encoded)",
            body: isPost ? encoded : "")
    }

    private mutating func go(_ method: String, _ target: String, body: String) async throws {
        var (method, body) = (method, body)
        var next = try #require(
            URL(string: target, relativeTo: URL(string: address))?.absoluteString)
        // As many as browsers commonly follow.
        for _ in 0..<20 {
            let origin = try #require(Origin(next))
            let site = "\(origin.host):\(origin.port)"
            var fields = [
                "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-user": "?1",
                "sec-fetch-site": address.isEmpty
                    ? "none" : Origin(address) == origin ? "same-origin" : "cross-site",
            ]
            let own = (cookies[site] ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
            if !own.isEmpty { fields["cookie"] = own.joined(separator: "; ") }
            if method == "POST" {
                fields["content-type"] = "application/x-www-form-urlencoded"
                fields["origin"] = Origin(address).map { "\($0.scheme)://\($0.host):\($0.port)" }
            }
            let reply = try await transport.send(
                HTTPClientRequest(method, next, fields: fields, body: Array(body.utf8)))
            let text = String(decoding: try await reply.body.bytes(), as: UTF8.self)
            if let cookie = reply.fields["set-cookie"] { keep(cookie, from: site) }
            guard [302, 303].contains(reply.status), let location = reply.fields["location"] else {
                address = next
                page = Stage.Page(status: reply.status, fields: reply.fields, page: text)
                return
            }
            next = try #require(
                URL(string: location, relativeTo: URL(string: next))?.absoluteString)
            (method, body) = ("GET", "")
        }
        Issue.record("the redirects do not end")
    }

    private mutating func keep(_ field: String, from site: String) {
        let pair = field.prefix { $0 != ";" }.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { return }
        let isGone = field.contains("Max-Age=0")
        cookies[site, default: [:]][String(pair[0])] = isGone ? nil : String(pair[1])
    }

    private static func attribute(_ name: String, _ attributes: Substring) -> String? {
        let found = attributes.matches(of: /([a-z-]+)="([^"]*)"/)
        return found.first { $0.output.1 == name }.map { plain($0.output.2) }
    }

    private static func plain(_ text: Substring) -> String {
        String(text).replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
            .replacing("&amp;", with: "&")
    }
}
