import Domain
import GitHub
import Ports
import Reports

/// What is known of the organization's members, who are only asked for when users are to be sent.
enum MemberReading {
    /// Nobody asked.
    case notAsked
    /// They were read; how many, and what was found.
    case read(MembersOutcome)
    /// They could not be read.
    case failed(Failure)
}

extension Collection {
    /// Reads a report, and sends it if it says something new.
    func report(
        _ source: Source, _ token: Secret, _ collected: inout Collected
    ) async throws(Failure) -> SourceResult {
        let mode = source == .organization ? UserIdentity.none : function.settings.identity
        if source != .organization, mode == .none {
            return without(
                source, .notApplicable, "USER_IDENTITY is none: no series of single users is kept")
        }
        let identity = try await function.pseudonyms.identity(mode)
        let files: ReportFiles
        switch try await ask(source, token) {
        case .notReady(let reason): return without(source, .notReady, reason)
        case .ready(let links): files = ReportFiles(source, links)
        }
        let readings = try await self.survey(files, token, identity)
        let survey = ReportPart.survey(of: readings.map(\.part))
        let errors = readings.compactMap(\.error)
        guard errors.isEmpty else { return unreadable(source, survey, errors) }
        guard survey.byteCount > 0 else {
            return without(
                source, .notReady, "GitHub's report of \(event.day) has nothing in its files yet")
        }
        guard survey.usableRecords > 0 else {
            throw Failure(
                .malformedReply,
                "the report holds \(survey.records) records, none of which can be used: "
                    + survey.notes.joined(separator: "; "))
        }
        if survey.digest == previous[source]?.digest { return unchanged(source) }

        let table =
            source == .users
            ? await memberTable(token, identity, &collected.members) : MemberTable()
        let delivery = try await wholly { hasBrokenOff throws(Failure) in
            try await write(source, &collected) { writer throws(Failure) in
                let sent = try await send(
                    files, token, identity, members: table, leavingOut: survey.replaced,
                    to: writer, breakingOff: &hasBrokenOff)
                guard sent.digest == survey.digest else {
                    throw Failure(
                        .unavailable, "the report changed while it was read; read it again")
                }
            }
        }
        var result = SourceResult(
            .written, records: survey.records, shards: survey.files, digest: survey.digest,
            notes: survey.notes)
        await deliver(&result, source, delivery, survey.imprint, &collected)
        return result
    }

    /// A report of which some file cannot be read: nothing of it is sent, because a part of a
    /// report looks like a whole one with smaller numbers.
    private func unreadable(
        _ source: Source, _ survey: ReportSurvey, _ errors: [ReportError]
    ) -> SourceResult {
        let places = errors.prefix(3).map(\.description).joined(separator: "; ")
        let rest = errors.count > 3 ? "; and \(errors.count - 3) more files" : ""
        var result = without(
            source, .failed,
            """
            \(places)\(rest). \(survey.records) other records, in \(survey.files) \
            \(survey.files == 1 ? "file" : "files"), could be read; nothing of this report was sent, \
            because a part of it would pass for the whole. The next tick reads it again
            """)
        result.records = survey.records
        result.shards = survey.files
        result.notes = survey.notes.isEmpty ? nil : survey.notes
        return result
    }

    /// Says what became of the members, whom only the users' labels need.
    func membersResult(_ collected: Collected) -> SourceResult {
        let users = collected.sources[.users]
        switch collected.members {
        case .read(let outcome):
            return SourceResult(
                previous[.members]?.outcome.isSettled == true ? .unchanged : .written,
                records: outcome.count, notes: outcome.notes.isEmpty ? nil : outcome.notes)
        case .failed(let failure):
            let outcome: Outcome = failure.code == .forbidden ? .noPermission : .failed
            return without(
                .members, outcome, "the users have neither name nor address: \(failure.message)")
        case .notAsked: break
        }
        if function.settings.identity != .full {
            return without(
                .members, .notApplicable,
                "USER_IDENTITY is \(function.settings.identity.rawValue), which shows no names")
        }
        // What the backend has of the users, from now or from an earlier reading, has names or not.
        guard users?.digest != nil else {
            return without(
                .members, users?.outcome.isSettled == true ? .notApplicable : .notReady,
                "members are read together with users, of whom nothing was sent: see users-1-day")
        }
        if let known = previous[.members], known.outcome.isSettled {
            return known.outcome == .written ? unchanged(.members) : known
        }
        return without(
            .members, .notApplicable,
            "the users of this day were sent without names and addresses, because the members could "
                + "not be read then; sending them again would double each series")
    }

    private func memberTable(
        _ token: Secret, _ identity: Identity, _ members: inout MemberReading
    ) async -> MemberTable {
        guard identity.mode == .full else { return MemberTable() }
        var table = MemberTable()
        do throws(Failure) {
            members = .read(
                try await function.github.members(of: event.organization, token: token) { page in
                    for member in page {
                        table.add(
                            id: member.id, login: member.login, name: member.name,
                            email: member.email)
                    }
                })
        } catch {
            // What was read before the failure still names its people.
            members = .failed(error)
        }
        return table
    }
}
