import Domain
import GitHub
import Ports
import Reports

/// Reading the files behind a report.
extension Collection {
    /// Samples are sent in batches of about this many.
    private static let batchSampleCount = 4_000
    /// A report whose files keep breaking off is read this often, and then left to the bus.
    private static let readingCountMax = 6

    /// Asks where the files of a report are.
    func ask(_ source: Source, _ token: Secret) async throws(Failure) -> ReportAvailability {
        try await function.github.report(
            source, of: event.organization, day: event.day, token: token)
    }

    /// Reads a report, from its beginning again when a connection breaks in the midst of a file.
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

    /// Reads every file of a report; links that expire are replaced, once for each file.
    func read(
        _ source: Source, _ links: inout [ReportLink], _ token: Secret, _ identity: Identity,
        members: MemberTable = MemberTable(), leavingOut replaced: Set<Int> = [],
        to writer: (any SampleWriter)? = nil, breakingOff hasBrokenOff: inout Bool
    ) async throws(Failure) -> ReportSurvey {
        var pass = ReportPass(
            scope: scope(source), identity: identity, members: members, leavingOut: replaced)
        var isRenewed = false
        var file = 0
        while file < links.count {
            let body: HTTPBody
            do throws(Failure) {
                body = try await function.github.download(links[file])
            } catch  where error.code == .forbidden {
                guard !isRenewed, case .ready(let fresh) = try await ask(source, token),
                    fresh.count == links.count
                else { throw Failure(.unavailable, error.message) }
                links = fresh
                isRenewed = true
                continue
            }
            pass.beginFile()
            while let chunk = try await next(of: body, &hasBrokenOff) {
                try unwrap { () throws(ReportError) in try pass.feed(chunk) }
                try await flush(&pass, atLeast: Self.batchSampleCount, to: writer)
            }
            try unwrap { () throws(ReportError) in try pass.endFile() }
            try await flush(&pass, atLeast: 1, to: writer)
            file += 1
            isRenewed = false
        }
        return pass.survey
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
        _ pass: inout ReportPass, atLeast count: Int, to writer: (any SampleWriter)?
    ) async throws(Failure) {
        guard let writer else { return pass.clearBatch() }
        guard pass.batch.samples.count >= count else { return }
        try await writer.write(pass.batch)
        pass.clearBatch()
    }

    private func unwrap(_ body: () throws(ReportError) -> Void) throws(Failure) {
        do throws(ReportError) {
            try body()
        } catch {
            throw Failure(.malformedReply, "\(error); nothing of this report was sent")
        }
    }
}
