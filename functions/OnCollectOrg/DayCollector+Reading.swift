import Domain
import GitHub
import Ports
import Reports
import Toolbox

/// Reading the files of a report.
extension DayCollector {
    /// The approximate number of samples in a batch.
    private static let batchSampleCount = 4_000
    /// How often a file that breaks off is read before the source fails.
    private static let readingCountMax = 6
    /// The waits before it is read again: a host that breaks off may be overloaded, and in the second
    /// reading everything is sent again.
    private static let readingWaits = Backoff(first: .seconds(1), most: .seconds(20))
    /// The most files that are downloaded at once; each takes half a megabyte and its largest record.
    private static let fileCountMax = 4

    /// Asks GitHub for the links to a report's files.
    func availability(
        _ source: Source, _ token: AccessToken
    ) async throws(Failure) -> ReportAvailability {
        try await github.report(source, of: event.organization, day: event.day, token: token)
    }

    /// Reads something again from its beginning when a connection breaks within a file.
    ///
    /// - Parameter reading: Reads it once, and sets its argument if a file breaks off.
    /// - Throws: What `reading` throws for another reason, or in the last of six tries.
    func wholly<Output>(
        _ reading: (_ hasBrokenOff: inout Bool) async throws(Failure) -> Output
    ) async throws(Failure) -> Output {
        var hasBrokenOff = false
        for attempt in 1..<Self.readingCountMax {
            do throws(Failure) {
                return try await reading(&hasBrokenOff)
            } catch {
                let wait = Self.readingWaits.wait(after: attempt, github.entropy)
                guard hasBrokenOff, Deadline.allows(wait, at: github.clock.now()),
                    (try? await github.time.sleep(for: wait)) != nil
                else { throw error }
                hasBrokenOff = false
            }
        }
        return try await reading(&hasBrokenOff)
    }

    /// What was read of one file of a report.
    struct FileReading: Sendable {
        let part: ReportPart
        /// Why the rest of it could not be read.
        let error: ReportError?
    }

    /// Surveys the files of a report, several at a time.
    ///
    /// A file that cannot be read does not stop the others, so that the result names all such files.
    func survey(
        _ files: ReportFiles, _ token: AccessToken, _ identity: Identity
    ) async throws(Failure) -> [FileReading] {
        try await Array(0..<files.count).concurrentMap(atMost: Self.fileCountMax) {
            file throws(Failure) in
            try await wholly { hasBrokenOff throws(Failure) in
                var pass = ReportPass(scope: scope(files.source), identity: identity)
                let body = try await open(file, of: files, token)
                pass.beginFile(file + 1)
                while let chunk = try await next(of: body, &hasBrokenOff) {
                    do throws(ReportError) {
                        try pass.feed(chunk)
                    } catch {
                        return FileReading(part: pass.part, error: error)
                    }
                    pass.clearBatch()
                }
                do throws(ReportError) {
                    try pass.endFile()
                } catch {
                    return FileReading(part: pass.part, error: error)
                }
                return FileReading(part: pass.part, error: nil)
            }
        }
    }

    /// Reads the files of a report one after another, and sends their samples.
    ///
    /// So a report is always sent in the same order. Reading several at a time would gain little,
    /// because the backend takes most of the time.
    func send(
        _ files: ReportFiles, _ token: AccessToken, _ identity: Identity, members: MemberTable,
        leavingOut replaced: ReplacedRecords, to writer: any SampleWriter,
        breakingOff hasBrokenOff: inout Bool
    ) async throws(Failure) -> ReportSurvey {
        var pass = ReportPass(
            scope: scope(files.source), identity: identity, members: members,
            leavingOut: replaced, isSecond: true)
        for file in 0..<files.count {
            let body = try await open(file, of: files, token)
            pass.beginFile()
            while let chunk = try await next(of: body, &hasBrokenOff) {
                try unchanged { () throws(ReportError) in try pass.feed(chunk) }
                try await flush(&pass, atLeast: Self.batchSampleCount, to: writer)
            }
            try unchanged { () throws(ReportError) in try pass.endFile() }
            try await flush(&pass, atLeast: 1, to: writer)
        }
        return pass.survey
    }

    /// Opens a file; replaces a link that has expired, once.
    private func open(
        _ file: Int, of files: ReportFiles, _ token: AccessToken
    ) async throws(Failure) -> HTTPBody {
        let (link, turn) = await files.link(file)
        do throws(Failure) {
            return try await github.download(link)
        } catch  where error.code == .forbidden {
            let fresh = try await files.link(file, after: turn) { () async throws(Failure) in
                guard case .ready(let fresh) = try await availability(files.source, token),
                    fresh.count == files.count
                else { throw Failure(.unavailable, error.message) }
                return fresh
            }
            do throws(Failure) {
                return try await github.download(fresh)
            } catch  where error.code == .forbidden {
                throw Failure(.unavailable, error.message)
            }
        }
    }

    private func next(
        of body: HTTPBody, _ hasBrokenOff: inout Bool
    ) async throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            return try await body.next()
        } catch {
            hasBrokenOff = error.code == .unavailable
            throw error
        }
    }

    private func flush(
        _ pass: inout ReportPass, atLeast count: Int, to writer: any SampleWriter
    ) async throws(Failure) {
        guard pass.batch.samples.count >= count else { return }
        try await writer.write(pass.batch)
        pass.clearBatch()
    }

    // The first reading could read all of it.
    private func unchanged(_ body: () throws(ReportError) -> Void) throws(Failure) {
        do throws(ReportError) {
            try body()
        } catch {
            throw Failure(.unavailable, "the report changed while it was being read: \(error)")
        }
    }
}
