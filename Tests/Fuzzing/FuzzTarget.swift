import CloudEvents
@testable import CurlHTTP
import Deployment
import Domain
@testable import FileBus
@testable import GitHub
@testable import RemoteWrite
import Reports
import Toolbox

/// A reader of bytes that come from outside, and what must hold whatever they are.
///
/// A crash is a finding, and so is a broken promise: ``run`` stops the process then.
public struct FuzzTarget: Sendable, CustomStringConvertible {
    /// The name, which its folder of inputs has as well.
    public let name: String
    /// Reads the bytes.
    public let run: @Sendable ([UInt8]) -> Void

    /// The name.
    public var description: String { name }

    /// All targets.
    public static let all = [
        FuzzTarget(name: "report", run: report),
        FuzzTarget(name: "reply-head", run: replyHead),
        FuzzTarget(name: "cloud-event", run: cloudEvent),
        FuzzTarget(name: "environment-file", run: environmentFile),
        FuzzTarget(name: "timestamp", run: timestamp),
        FuzzTarget(name: "refusal", run: refusal),
        FuzzTarget(name: "stored-entry", run: storedEntry),
    ]
}

extension FuzzTarget {
    /// The samples and the survey of a report do not depend on how its bytes arrive, and the second
    /// reading reads what the first has read.
    @Sendable private static func report(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let source = Source.reports[Int(first) % Source.reports.count]
        let file = Array(bytes.dropFirst())
        let whole = read(
            file, source, chunk: max(1, file.count), leavingOut: ReplacedRecords(), isSecond: false)
        let cut = read(
            file, source, chunk: 1 + Int(first) / 4, leavingOut: ReplacedRecords(), isSecond: false)
        precondition(whole == cut, "the reading depends on the size of the chunks")
        guard case .success(let survey, _) = whole else { return }
        let second = read(
            file, source, chunk: 64, leavingOut: survey.replaced, isSecond: true)
        guard case .success(let again, _) = second else {
            preconditionFailure("the second reading fails where the first did not")
        }
        precondition(again.digest == survey.digest, "the second reading differs")
    }

    private enum Reading: Equatable {
        case success(ReportSurvey, Int)
        case failure(String)
    }

    private static func read(
        _ file: [UInt8], _ source: Source, chunk: Int, leavingOut replaced: ReplacedRecords,
        isSecond: Bool
    ) -> Reading {
        guard let organization = OrganizationLogin("acme"), let day = Day("2026-10-05") else {
            preconditionFailure("constants")
        }
        var pass = ReportPass(
            scope: SampleScope(
                organization: organization, day: day, source: source,
                tags: SampleTags(application: "copilot")),
            identity: Identity(.full), leavingOut: replaced, isSecond: isSecond)
        do throws(ReportError) {
            pass.beginFile()
            var count = 0
            for start in stride(from: 0, to: file.count, by: chunk) {
                try pass.feed(Array(file[start..<min(file.count, start + chunk)]))
                count += pass.batch.samples.count
                pass.clearBatch()
            }
            try pass.endFile()
            count += pass.batch.samples.count
            pass.clearBatch()
            return .success(pass.survey, count)
        } catch {
            return .failure(error.description)
        }
    }

    /// The head of a response is read line by line, and only what has arrived before the empty line
    /// counts.
    @Sendable private static func replyHead(_ bytes: [UInt8]) {
        var head = ReplyHead()
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let (status, wasComplete) = (head.status, head.isComplete)
            guard head.take(line) else { break }
            precondition(!wasComplete || head.status == status, "a complete head changed")
        }
        _ = (head.encoding, head.digest(of: "GET"))
        _ = RateLimit.isUsedUp(head.fields)
        _ = RateLimit.wait(head.fields, at: Timestamp(seconds: 1_795_262_400))
        _ = try? LinkHeader.next(in: head.fields["link"], of: "https://api.github.com/x?page=1")
        _ = HTTPDate.parse(head.fields["date"] ?? "")
    }

    /// A request is a CloudEvent, bare JSON or refused; its first lines are header fields.
    @Sendable private static func cloudEvent(_ bytes: [UInt8]) {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: 8, omittingEmptySubsequences: false)
        var fields: EventContent.Fields = []
        var body: [UInt8] = []
        for (place, line) in lines.enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            guard place < 8, let colon = text.firstIndex(of: ":") else {
                body = Array(lines[place...].joined(separator: [UInt8(ascii: "\n")]))
                break
            }
            fields.append(
                (String(text[..<colon]), String(text[text.index(after: colon)...])))
        }
        do throws(Failure) {
            _ = try EventContent.read(fields, body: body)
        } catch {
            precondition(error.code == .malformedEvent, "\(error)")
        }
        _ = TraceParent(String(decoding: bytes, as: UTF8.self))
    }

    /// A file of variables is read, or each wrong line is named without its content.
    @Sendable private static func environmentFile(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(Failure) {
            let variables = try EnvironmentFile.variables(in: text, of: ".env")
            precondition(variables.keys.allSatisfy { !$0.isEmpty }, "a variable without a name")
        } catch {
            precondition(error.code == .misconfigured, "\(error)")
        }
    }

    /// A time or a day that is read is written as text that reads as the same.
    @Sendable private static func timestamp(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let time = Timestamp(text) {
            precondition(Timestamp(time.description) == time, "\(text) is written as \(time)")
            _ = Day(containing: time)
        }
        if let day = Day(text) {
            precondition(day.description == text, "\(text) is written as \(day)")
        }
        _ = (OrganizationLogin(text), OrganizationPatterns(text), IntegrationID(text))
        _ = (StoreKey(text), IPAddress(text), HTTPDate.parse(text))
    }

    /// The words of a backend are judged and shown, and no secret is among them.
    @Sendable private static func refusal(_ bytes: [UInt8]) {
        guard bytes.count > 2 else { return }
        let status = 300 + (Int(bytes[0]) << 8 | Int(bytes[1])) % 300
        let body = Array(bytes.dropFirst(2))
        _ = BackendRefusals.verdict(on: status, body)
        let secret = "correct horse battery staple"
        let shown = BackendMessage.text(
            body + Array(" \(secret) ".utf8) + body, without: [Secret(secret)])
        precondition(!shown.contains(secret), "a secret is shown")
    }

    /// What is stored is read or refused; what is read can be stored again and is the same then.
    @Sendable private static func storedEntry(_ bytes: [UInt8]) {
        stored(Manifest.self, bytes)
        stored(Integration.self, bytes)
        stored(ProblemList.self, bytes)
        stored(CloudEvent.self, bytes)
        if let line = JournalLine(bytes[...]) {
            let written = line.bytes.dropLast()
            precondition(JournalLine(written)?.bytes == line.bytes, "a line of the journal changed")
        }
    }

    private static func stored<Value: Codable & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) {
        guard let value = try? JSON.decode(type, from: bytes, at: "the input") else { return }
        let again = try? JSON.decode(type, from: JSON.encode(value), at: "what was written")
        precondition(again == value, "\(type) is not read as it was written")
    }
}
