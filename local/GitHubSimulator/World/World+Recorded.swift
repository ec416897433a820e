public import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension World {
    /// Reads an organization with recorded reports.
    ///
    /// Its members are the users of the reports, without names or addresses. There are no recordings of
    /// teams and billing: the user-teams report never appears, and an enterprise pays the bill.
    ///
    /// - Parameters:
    ///   - directory: A folder with a subfolder per report, by GitHub's name of the report, with a file
    ///     `YYYY-MM-DD.ndjson` per day.
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
        guard let reports = files[.organization], let newest = reports.keys.max() else {
            throw Failure(
                .notFound, "\(directory) contains no organization-1-day/YYYY-MM-DD.ndjson")
        }
        let summary = try lines(reports[newest] ?? []).first
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
