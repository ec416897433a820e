import CRecordedReports
public import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension World {
    /// The organization `octodemo`, whose recorded reports are part of the program.
    ///
    /// If its last day is not among the recorded ones, all dates are moved by whole weeks, so that
    /// weekends stay weekends.
    ///
    /// - Parameter lastDay: A day to have a report of; nil leaves the dates as they were recorded.
    /// - Returns: A world with the organization and the people of every world.
    /// - Throws: `malformedReply` if the reports are not NDJSON.
    public static func recorded(lastDay: Day? = nil) throws(Failure) -> World {
        var files: [Source: [Day: [UInt8]]] = [
            .organization: try days(of: unsafe bytes(recorded_organization_reports())),
            .users: try days(of: unsafe bytes(recorded_users_reports())),
        ]
        let days = files.values.flatMap(\.keys)
        if let lastDay, let first = days.min(), let last = days.max(),
            !(first...last).contains(lastDay)
        {
            let distance = last.distance(to: lastDay)
            let weeks = distance > 0 ? (distance + 6) / 7 : distance / 7
            files = files.mapValues { moved($0, by: 7 * weeks) }
        }
        return try world(of: files, login: "octodemo")
    }

    /// Reads an organization with recorded reports.
    ///
    /// - Parameters:
    ///   - directory: A folder with a subfolder per report, by GitHub's name of the report, with a
    ///     file `YYYY-MM-DD.ndjson` per day.
    ///   - login: The login of the organization.
    /// - Returns: A world with the organization and the people of every world.
    /// - Throws: `notFound` if there is no recorded day, `malformedReply` if a file is not NDJSON.
    public static func recorded(
        directory: String, login: String = "octodemo"
    ) throws(Failure) -> World {
        var files: [Source: [Day: [UInt8]]] = [:]
        for source in Source.reports {
            let folder = "\(directory)/\(source.rawValue)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names {
                guard let day = Day(String(name.prefix(10))), name.hasSuffix(".ndjson"),
                    let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
                else { continue }
                files[source, default: [:]][day] = [UInt8](data)
            }
        }
        guard files[.organization]?.isEmpty == false else {
            throw Failure(
                .notFound, "\(directory) contains no organization-1-day/YYYY-MM-DD.ndjson")
        }
        return try world(of: files, login: login)
    }

    /// A world of recorded reports.
    ///
    /// Its members are the users of the reports, without names or addresses. There are no recordings
    /// of teams and billing: the user-teams report never appears, and an enterprise pays the bill.
    private static func world(
        of files: [Source: [Day: [UInt8]]], login: String
    ) throws(Failure) -> World {
        let newest = files[.organization]?.max { $0.key < $1.key }?.value
        let summary = try lines(newest ?? []).first
        let id = summary?["organization_id"]?.text.flatMap { Int64($0) } ?? 1
        let organization = SimulatedOrganization(
            login: login, id: id,
            enterpriseID: summary?["enterprise_id"]?.text.flatMap { Int64($0) },
            installation: SimulatedInstallation(id: 7_000_000 + id % 1_000_000),
            members: try members(of: files[.users] ?? [:]), isBilledElsewhere: true,
            history: .recorded(files))
        return World(
            people: [.owner, .plainMember, .stranger], organizations: [organization])
    }

    /// Copies reports that are constants of the program.
    @unsafe private static func bytes(_ reports: recorded_reports) -> [UInt8] {
        // The pointer is valid for as long as the program runs.
        unsafe [UInt8](UnsafeBufferPointer(start: reports.bytes, count: reports.count))
    }

    /// Records by day, each under the day that it names.
    private static func days(of bytes: [UInt8]) throws(Failure) -> [Day: [UInt8]] {
        var days: [Day: [UInt8]] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let day = JSON.value(Array(line))?["day"]?.text.flatMap({ Day($0) }) else {
                throw Failure(.malformedReply, "a recorded line names no day")
            }
            days[day, default: []] += line + [UInt8(ascii: "\n")]
        }
        return days
    }

    /// Moves reports to other days: every text that begins with a date, such as `sampled_at`.
    private static func moved(_ reports: [Day: [UInt8]], by days: Int) -> [Day: [UInt8]] {
        let quote = UInt8(ascii: "\"")
        return Dictionary(
            uniqueKeysWithValues: reports.map { day, bytes in
                let parts = bytes.split(separator: quote, omittingEmptySubsequences: false).map {
                    part -> [UInt8] in
                    guard part.first == UInt8(ascii: "2"), part.count >= 10,
                        let date = Day(String(decoding: part.prefix(10), as: UTF8.self))
                    else { return Array(part) }
                    return Array("\(date.advanced(by: days))".utf8) + part.dropFirst(10)
                }
                return (day.advanced(by: days), Array(parts.joined(separator: [quote])))
            })
    }

    private static func members(of users: [Day: [UInt8]]) throws(Failure) -> [OrganizationMember] {
        var logins: [Int64: String] = [:]
        for (_, bytes) in users.sorted(by: { $0.key < $1.key }) {
            for line in try lines(bytes) {
                guard case .integer(let id)? = line["user_id"], let login = line["user_login"]?.text
                else { continue }
                logins[id] = login
            }
        }
        let users = logins.sorted { $0.key < $1.key }.map {
            OrganizationMember(id: $0.key, login: $0.value)
        }
        return [
            OrganizationMember(.owner, isOwner: true),
            OrganizationMember(.plainMember, isOwner: false),
        ] + users
    }

    private static func lines(_ bytes: [UInt8]) throws(Failure) -> [JSONValue] {
        var lines: [JSONValue] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let value = JSON.value(Array(line)) else {
                throw Failure(.malformedReply, "a recorded line is not JSON")
            }
            lines.append(value)
        }
        return lines
    }
}
