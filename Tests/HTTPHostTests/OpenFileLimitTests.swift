import Testing

@testable import HTTPHost

@Suite("The limit on open files")
struct OpenFileLimitTests {
    @Test("leaves room beside the connections of clients", arguments: [1, 16, 1_024, Int.max])
    func room(wanted: Int) throws {
        let count = OpenFileLimit.connectionCount(atMost: wanted)
        #expect(1...wanted ~= count)
        // Raising the limit again changes nothing.
        #expect(OpenFileLimit.connectionCount(atMost: wanted) == count)
    }

    @Test(
        "fits the usual limits",
        arguments: [(1_024, 896), (256, 128), (64, 32), (1, 1), (1_048_576, 1_024)])
    func usual(files: Int, connections: Int) {
        #expect(OpenFileLimit.connectionCount(atMost: 1_024, ofFiles: files) == connections)
    }
}
