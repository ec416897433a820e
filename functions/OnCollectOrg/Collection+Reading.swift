import Toolbox
import Domain
import GitHub
import Ports
import Reports

/// Reading the files behind a report.
extension Collection {
    /// Samples are sent in batches of about this many.
    private static let batchSampleCount = 4_000
    /// A file that keeps breaking off is read this often, and then left to the bus.
    private static let readingCountMax = 6
    /// The most files that are downloaded at once; each costs its longest line and half a megabyte.
    private static let fileCountMax = 4

    /// Asks where the files of a report are.
    func ask(_ source: Source, _ token: Secret) async throws(Failure) -> ReportAvailability {
        try await function.github.report(
            source, of: event.organization, day: event.day, token: token)
    }

    /// Reads something from its beginning again when a connection breaks in the midst of a file.
    ///
    /// - Parameter reading: Reads it once, and sets its argument when a file breaks off.
    /// - Returns: What `reading` returns.
    /// - Throws: What `reading` throws for another reason, or too often.
    func wholly<Result>(
        _ reading: (_ hasBrokenOff: inout Bool) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        var hasBrokenOff = false
        for _ in 1..<Self.readingCountMax {
            do throws(Failure) {
                return try await reading(&hasBrokenOff)
            } catch {
                guard hasBrokenOff else { throw error }
                hasBrokenOff = false
            }
        }
        return try await reading(&hasBrokenOff)
    }

    /// What one file of a report says, as far as it could be read.
    struct FileReading: Sendable {
        let part: ReportPart
        /// Why it could not be read to its end.
        let error: ReportError?
    }

    /// Reads every file of a report for what it says, several at a time.
    ///
    /// A file that cannot be read does not keep the others from being read: what is said of the
    /// report is what all its files say.
    func survey(
        _ files: ReportFiles, _ token: Secret, _ identity: Identity
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

    /// Reads every file of a report that can be read, and sends what it says.
    ///
    /// The files come one after another, so that a report is always sent in the same order: the
    /// backend is what takes the time here.
    func send(
        _ files: ReportFiles, _ token: Secret, _ identity: Identity, members: MemberTable,
        leavingOut replaced: Set<Int>, to writer: any SampleWriter,
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

    /// Opens a file; a link that has expired is replaced, once.
    private func open(
        _ file: Int, of files: ReportFiles, _ token: Secret
    ) async throws(Failure) -> HTTPBody {
        let (link, turn) = await files.link(file)
        do throws(Failure) {
            return try await function.github.download(link)
        } catch  where error.code == .forbidden {
            let fresh = try await files.link(file, after: turn) { () async throws(Failure) in
                guard case .ready(let fresh) = try await ask(files.source, token),
                    fresh.count == files.count
                else { throw Failure(.unavailable, error.message) }
                return fresh
            }
            do throws(Failure) {
                return try await function.github.download(fresh)
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

    // All of it could be read a moment ago.
    private func unchanged(_ body: () throws(ReportError) -> Void) throws(Failure) {
        do throws(ReportError) {
            try body()
        } catch {
            throw Failure(.unavailable, "the report changed while it was read: \(error)")
        }
    }
}
