import CurlHTTP
import Domain
import Fakes
import Glibc
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// libcurl 7.88, which is Debian 12's, has known trouble with paused streams of HTTP/2: streams that
/// wait for each other, a loop that spins, and connections that are left behind.
@Suite("Large files over HTTP/2", .serialized, .timeLimit(.minutes(5)))
struct HTTP2Tests {
    private static func file(_ number: Int, byteCount: Int) -> [UInt8] {
        // Large in little time: a block of noise that begins with its number, again and again.
        var generator = SeededGenerator(seed: UInt64(number))
        let noise = (0..<8_192).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return (0..<byteCount / noise.count).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] + noise }
    }

    private func transport(_ server: HTTP2Server) -> CurlTransport {
        CurlTransport(CurlTransport.Settings(caFile: server.certificateFile))
    }

    private func request(_ server: HTTP2Server, _ name: String) -> HTTPClientRequest {
        HTTPClientRequest(
            "GET", "\(server.url)/\(name)", timeout: .seconds(120), idleTimeout: .seconds(20),
            replyByteCountMax: 64 << 20)
    }

    @Test("arrive whole at a slow reader, which costs no processor time while it waits")
    func slowReader() async throws {
        try await HTTP2Server.with { server in
            let files = (0..<4).map { Self.file($0, byteCount: 5 << 20) }
            for (number, file) in files.enumerated() {
                try Data(file).write(to: URL(filePath: "\(server.folder)/\(number)"))
            }
            let transport = transport(server)
            var replies: [HTTPClientResponse] = []
            for number in files.indices {
                replies.append(try await transport.send(request(server, "\(number)")))
            }
            // All buffers fill up, and all transfers are paused.
            try await Task.sleep(for: .milliseconds(500))
            let before = Self.processorTime
            try await Task.sleep(for: .seconds(2))
            let waited = Self.processorTime - before
            #expect(waited < .milliseconds(200), "\(waited) of processor time in 2 s")

            try await withThrowingTaskGroup(of: Void.self) { group in
                for (reply, file) in zip(replies, files) {
                    group.addTask {
                        var bytes: [UInt8] = []
                        while let chunk = try await reply.body.next() {
                            bytes += chunk
                            // A sink that takes its time: about 2 s for the file.
                            try await Task.sleep(for: .milliseconds(20))
                        }
                        #expect(bytes == file)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("leave no descriptors behind in 200 days, read or abandoned")
    func descriptors() async throws {
        try await HTTP2Server.with { server in
            let file = Self.file(7, byteCount: 600 << 10)
            try Data(file).write(to: URL(filePath: "\(server.folder)/file"))
            let transport = transport(server)
            var counts: [Int] = []
            for day in 0..<200 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<4 {
                        group.addTask {
                            let reply = try await transport.send(request(server, "file"))
                            // Some are given up while they are paused.
                            let isAbandoned = (day + number) % 5 == 0
                            guard !isAbandoned else { return _ = try await reply.body.next() }
                            #expect(try await reply.body.bytes() == file)
                        }
                    }
                    try await group.waitForAll()
                }
                counts.append(try Self.descriptorCount())
            }
            let (early, late) = (counts[10..<30].max() ?? 0, counts[180..<200].max() ?? 0)
            #expect(late <= early + 4, "\(counts)")
        }
    }

    /// The processor time of this process so far.
    private static var processorTime: Duration {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
            return .zero
        }
        return [usage.ru_utime, usage.ru_stime].reduce(.zero) { sum, time in
            sum + .seconds(time.tv_sec) + .microseconds(time.tv_usec)
        }
    }

    private static func descriptorCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
