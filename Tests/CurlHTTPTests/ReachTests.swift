import Domain
import Ports
import TestSupport
import Testing
import Toolbox

@testable import CurlHTTP

@Suite("The address policy of a request over libcurl", .timeLimit(.minutes(5)))
struct ReachTests {
    @Test(
        "for public addresses refuses others before sending a packet",
        arguments: [
            "127.0.0.1", "127.8.9.10", "2130706433", "0x7f.1", "localhost", "0.0.0.0", "[::1]",
            "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
        ])
    func loopback(host: String) async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let failure = await #expect(throws: Failure.self) {
                try await CurlTransport().send(
                    HTTPClientRequest(
                        "GET", "http://\(host):\(server.port)/?sig=hunter2",
                        addressPolicy: .publicAddresses))
            }
            #expect(failure?.code == .untrustedHost)
            #expect(failure?.message.contains("hunter2") == false)
            #expect(server.connectionCount == 0)
        }
    }

    @Test(
        "for public addresses refuses a private one at once",
        arguments: [
            "10.0.0.1", "100.64.1.5", "100.127.255.254", "169.254.169.254", "172.16.0.1",
            "192.168.1.1", "198.18.0.1", "198.19.255.254", "[fc00::1]", "[fd00::1]", "[fe80::1]",
        ])
    func privateAddresses(host: String) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await CurlTransport().send(
                HTTPClientRequest("GET", "https://\(host)/", addressPolicy: .publicAddresses))
        }
        #expect(failure == .notPublic(host))
    }

    @Test("for public addresses does not reuse a connection of another policy")
    func reuse() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let transport = CurlTransport()
            var request = HTTPClientRequest("GET", server.url)
            _ = try await transport.send(request).body.bytes()
            request.addressPolicy = .publicAddresses
            let failure = await #expect(throws: Failure.self) { try await transport.send(request) }
            #expect(failure?.code == .untrustedHost)
            #expect(server.requests.count == 1)
        }
    }

    @Test("for public addresses includes only the allowed loopback host")
    func allowedLoopback() async throws {
        try await withLoopbackServer { _ in
            [.reply()]
        } use: { server in
            let request = HTTPClientRequest("GET", server.url, addressPolicy: .publicAddresses)
            for (host, isAllowed) in [
                ("127.0.0.1:\(server.port)", true), ("127.0.0.1:\(server.port ^ 1)", false),
                ("127.0.0.1", false), ("localhost:\(server.port)", false),
            ] {
                let transport = CurlTransport(.init(loopbackAllowed: [host]))
                let status = try? await transport.send(request).status
                #expect(status == (isAllowed ? 200 : nil), "\(host)")
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test("for public addresses always uses the configured proxy")
    func proxy() async throws {
        try await withLoopbackServer { _ in
            [.reply(203)]
        } use: { server in
            let transport = CurlTransport(.init(proxy: server.url))
            for url in ["http://reports.invalid/a?b", "http://10.0.0.1/a?b"] {
                let reply = try await transport.send(
                    HTTPClientRequest("GET", url, addressPolicy: .publicAddresses))
                #expect(reply.status == 203)
                #expect(server.requests.last?.target == url)
            }
        }
    }

    @Test("chooses the proxy by the host, the address policy and the settings")
    func routes() throws {
        func policy(
            _ url: String, _ reach: HTTPClientRequest.AddressPolicy, _ proxy: String? = nil
        ) throws(Failure) -> ProxyPolicy {
            let settings = CurlTransport.Settings(
                proxy: proxy, loopbackAllowed: ["127.0.0.1:8081", "localhost:443"])
            return ProxyPolicy(to: try Target(url), reach, settings)
        }
        let proxy = "http://proxy.example:3128"
        for (found, expected) in [
            (try policy("https://a.example/", .anywhere), ProxyPolicy(.environment, .any)),
            (try policy("https://a.example/", .anywhere, proxy), ProxyPolicy(.environment, .any)),
            (try policy("http://127.0.0.1:1/", .anywhere, proxy), ProxyPolicy(.none, .any)),
            (try policy("http://LOCALHOST/", .anywhere), ProxyPolicy(.none, .any)),
            (try policy("http://[::1]/", .anywhere), ProxyPolicy(.none, .any)),
            (try policy("https://a.example/", .publicAddresses), ProxyPolicy(.none, .publicOnly)),
            (
                try policy("https://a.example/", .publicAddresses, proxy),
                ProxyPolicy(.named(proxy), .any)
            ),
            (
                try policy("http://127.0.0.1:8081/", .publicAddresses, proxy),
                ProxyPolicy(.none, .publicOrLoopback)
            ),
            (
                try policy("https://LocalHost/", .publicAddresses),
                ProxyPolicy(.none, .publicOrLoopback)
            ),
            (try policy("http://localhost/", .publicAddresses), ProxyPolicy(.none, .publicOnly)),
        ] {
            #expect(found == expected)
        }
    }

    @Test(
        "recognizes public addresses",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "20.60.1.2", "100.63.255.255",
            "100.128.0.0", "126.255.255.255", "128.0.0.0", "140.82.112.3", "169.253.255.255",
            "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
            "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:50c0:8000::64",
            "2a00:1450:4001::1", "2000::", "2001:200::1", "64:ff9b::808:808",
        ])
    func isPublic(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test(
        "recognizes addresses that are not public",
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0",
            "100.127.255.255", "127.0.0.0", "127.255.255.255", "169.254.0.0", "169.254.169.254",
            "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.0",
            "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1",
            "224.0.0.1", "239.255.255.255", "240.0.0.0", "255.255.255.255", "::", "::1",
            "::ffff:8.8.8.8", "::ffff:10.0.0.1", "::8.8.8.8", "64:ff9b::a00:1", "64:ff9b:1::1",
            "100::1", "1fff:ffff::1", "2001::1", "2001:0:4136:e378::1", "2001:1ff:ffff::1",
            "2001:db8::1", "2002:808:808::1", "3fff::1", "3fff:fff:ffff::1", "4000::1",
            "fc00::1", "fdff::1", "fe80::1", "febf::1", "ff02::1",
        ])
    func isNotPublic(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isPublic)
    }
}
