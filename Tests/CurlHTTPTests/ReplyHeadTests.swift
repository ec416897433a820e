import Testing

@testable import CurlHTTP

@Suite("The head of a response")
struct ReplyHeadTests {
    /// Parses lines.
    ///
    /// Returns the head and the number of accepted lines.
    func head(_ lines: [String]) -> (ReplyHead, takenCount: Int) {
        var head = ReplyHead()
        let takenCount = lines.prefix { head.take(Array("\($0)\r\n".utf8)) }.count
        return (head, takenCount)
    }

    @Test(
        "parses the status with and without a reason phrase",
        arguments: [
            ("HTTP/1.1 200 OK", 200), ("HTTP/2 404 ", 404), ("HTTP/1.0 503", 503),
            ("HTTP/1.1 429 Too Many Requests", 429),
        ])
    func status(line: String, expected: Int) {
        let (head, _) = head([line, ""])
        #expect(head.status == expected)
        #expect(head.isComplete)
    }

    @Test(
        "starts again after an interim response", arguments: ["100 Continue", "102 P", "103 Early"])
    func interim(line: String) {
        let (head, takenCount) = head(
            ["HTTP/1.1 \(line)", "link: <early>", "", "HTTP/1.1 200 OK", "a: b", ""])
        #expect(head.status == 200)
        #expect(head.fields == ["a": "b"])
        #expect(takenCount == 6)
    }

    @Test("refuses a second head, which libcurl receives when it repeats a request")
    func second() {
        let (head, takenCount) = head(
            ["HTTP/1.1 417 Expectation Failed", "", "trailer: t", "HTTP/1.1 200 OK", "a: b", ""])
        #expect(head.status == 417)
        #expect(head.fields.isEmpty)
        #expect(takenCount == 3)
    }

    @Test("is incomplete without the empty line or a status")
    func incomplete() {
        #expect(!head([]).0.isComplete)
        #expect(!head(["HTTP/1.1 200 OK", "a: b"]).0.isComplete)
        #expect(!head(["HTTP/1.1 nonsense", ""]).0.isComplete)
    }

    @Test("reports the content encoding, and removes it with the length")
    func encoding() {
        var (head, _) = head(
            ["HTTP/1.1 200 OK", "Content-Encoding:  GZip ", "content-length: 9", "etag: e", ""])
        #expect(head.encoding == "gzip")
        head.dropEncoding()
        #expect(head.encoding == nil)
        #expect(head.fields == ["etag": "e"])
        #expect(self.head(["HTTP/1.1 200 OK", "content-encoding: identity", ""]).0.encoding == nil)
    }
}
