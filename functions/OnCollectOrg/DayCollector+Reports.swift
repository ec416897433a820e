import Domain
import GitHub
import Ports
import Reports

/// What is known of the organization's members, who are only read when users are sent.
enum MemberReading {
    /// Not read.
    case notAsked
    /// Read; how many, and what was noticed.
    case read(MembersOutcome)
    /// Not readable.
    case failed(Failure)
}

extension DayCollector {
    /// What became of a report before anything of it is sent.
    private enum ReportState {
        /// There is nothing to send.
        case settled(SourceResult)
        /// It differs from what was sent before.
        case changed(ReportFiles, Identity, ReportSurvey)
    }

    /// Reads a report, and sends it if it changed.
    func report(_ source: Source, _ token: AccessToken) async -> SourceReading {
        do throws(Failure) {
            switch try await surveyed(source, token) {
            case .settled(let result): return SourceReading(result)
            case .changed(let files, let identity, let survey):
                return await send(files, token, identity, survey)
            }
        } catch {
            return failed(source, error)
        }
    }

    private func surveyed(
        _ source: Source, _ token: AccessToken
    ) async throws(Failure) -> ReportState {
        let mode = source == .organization ? UserIdentity.none : mode
        if source != .organization, mode == .none {
            return .settled(
                without(
                    source, .notApplicable,
                    "USER_IDENTITY is none, so nothing is sent about individual users"))
        }
        let identity = try await pseudonyms.identity(mode)
        let files: ReportFiles
        switch try await availability(source, token) {
        case .notReady(let reason): return .settled(notReady(source, reason))
        case .ready(let links): files = ReportFiles(source, links)
        }
        let readings = try await survey(files, token, identity)
        let survey = ReportPart.survey(of: readings.map(\.part))
        let errors = readings.compactMap(\.error)
        guard errors.isEmpty else { return .settled(unreadable(source, survey, errors)) }
        guard survey.byteCount > 0 else {
            return .settled(
                notReady(source, "the files of GitHub's report of \(event.day) are still empty"))
        }
        guard survey.usableRecords > 0 else {
            let why = survey.records == 0 ? "there are none" : survey.notes.joined(separator: "; ")
            throw Failure(.malformedReply, "the report has no usable records: \(why)")
        }
        return isUnchanged(source, survey.digest)
            ? .settled(unchanged(source)) : .changed(files, identity, survey)
    }

    /// The result of a report that GitHub does not have.
    ///
    /// When a written day is read again, it is one that GitHub no longer has, and stays as it was.
    private func notReady(_ source: Source, _ reason: String) -> SourceResult {
        guard event.again, let known = previous[source], known.outcome.isSettled else {
            return without(source, .notReady, reason)
        }
        guard known.digest != nil else { return known }
        var result = unchanged(source)
        result.noteNotSentAgain(reason)
        return result
    }

    private func send(
        _ files: ReportFiles, _ token: AccessToken, _ identity: Identity, _ survey: ReportSurvey
    ) async -> SourceReading {
        let isNamed = files.source == .users && identity.mode == .full
        let (table, members) =
            isNamed
            ? await measures.measure(.members) { await readMembers(token) }
            : (MemberTable(), .notAsked)
        var reading: SourceReading
        do throws(Failure) {
            let delivery = try await wholly { hasBrokenOff throws(Failure) in
                try await sink.withWriter(for: scope(files.source)) { writer throws(Failure) in
                    let sent = try await send(
                        files, token, identity, members: table, leavingOut: survey.replaced,
                        to: writer, breakingOff: &hasBrokenOff)
                    guard sent.digest == survey.digest else {
                        throw Failure(.unavailable, "the report changed while it was being read")
                    }
                }
            }
            let result = SourceResult(
                .written, records: survey.records, shards: survey.files, digest: survey.digest,
                notes: survey.notes)
            reading = await sent(files.source, result, delivery, survey.snapshot)
        } catch {
            reading = failed(files.source, error, isPartlySent: true)
        }
        reading.members = members
        return reading
    }

    /// The result of a report with files that cannot be read.
    ///
    /// Nothing of it is sent, because part of a report looks like a whole one with smaller numbers.
    private func unreadable(
        _ source: Source, _ survey: ReportSurvey, _ errors: [ReportError]
    ) -> SourceResult {
        let places = errors.prefix(3).map(\.description).joined(separator: "; ")
        let rest =
            errors.count > 3
            ? "; and \(errors.count - 3) more \(errors.count == 4 ? "file" : "files")" : ""
        var result = without(
            source, .failed,
            """
            \(places)\(rest). \(survey.records) other \(survey.records == 1 ? "record" : "records") in \
            \(survey.files) \(survey.files == 1 ? "file" : "files") could be read. Nothing of this \
            report was sent this time, because a partial report would pass for a complete one. The next \
            tick reads it again
            """)
        result.records = survey.records
        result.shards = survey.files
        result.notes = survey.notes.isEmpty ? nil : survey.notes
        return result
    }

    private func readMembers(_ token: AccessToken) async -> (MemberTable, MemberReading) {
        var table = MemberTable()
        do throws(Failure) {
            let outcome = try await github.members(of: event.organization, token: token) { page in
                for member in page {
                    table.add(
                        id: member.id, login: member.login, name: member.name, email: member.email)
                }
            }
            return (table, .read(outcome))
        } catch {
            // The members that were read before the failure still name their users.
            return (table, .failed(error))
        }
    }

    /// The reading of the members, who are only needed for the users' labels.
    func members(readWith users: SourceReading?) -> SourceReading {
        switch users?.members {
        case .read(let outcome):
            return SourceReading(
                SourceResult(
                    previous[.members]?.outcome.isSettled == true ? .unchanged : .written,
                    records: outcome.count, notes: outcome.notes.isEmpty ? nil : outcome.notes))
        case .failed(let failure):
            let outcome: Outcome = failure.code == .forbidden ? .noPermission : .failed
            let result = without(
                .members, outcome,
                "the users were sent without names and e-mail addresses: \(failure.message)")
            return SourceReading(result, failure: failure)
        case .notAsked, nil: return SourceReading(membersNotAsked(users?.result))
        }
    }

    /// What is known of the names that the backend has with the users of an earlier run; nil if it has
    /// none.
    var knownMembers: SourceResult? {
        guard let known = previous[.members], known.outcome.isSettled else { return nil }
        return known.outcome == .written ? unchanged(.members) : known
    }

    private func membersNotAsked(_ users: SourceResult?) -> SourceResult {
        if mode != .full {
            return without(
                .members, .notApplicable,
                "USER_IDENTITY is \(mode.rawValue), so no names are read")
        }
        // What the backend has of the users, from this run or an earlier one, has names or not.
        guard users?.digest != nil else {
            return without(
                .members, users?.outcome.isSettled == true ? .notApplicable : .notReady,
                "members are read together with users, and no users were sent: see users-1-day")
        }
        if let knownMembers { return knownMembers }
        return without(
            .members, .notApplicable,
            "the users of this day were sent without names and e-mail addresses, because the members "
                + "could not be read then; sending them again would duplicate each series")
    }
}
