public import Domain
public import Toolbox

/// What a person may change from a page.
///
/// Each is a form that is posted to ``path``. Its fields come back as they were sent, so the forms and
/// what is read from them stand side by side here.
public enum ConsoleAction: Hashable, Sendable {
    /// Look for missing days now.
    case tick
    /// Collect the days of a range that are not final, or all of them again; all organizations if
    /// none is named.
    case collect([OrganizationLogin], ClosedRange<Day>, again: Bool = false)
    /// Send a dead letter again; all if none is named.
    case redrive(String?)
    /// Remove an integration and destroy its tokens.
    case remove(IntegrationID)

    /// The start of the paths of all actions.
    public static let prefix = "/actions/"

    /// The most days of a range.
    static let dayCountMax = 366

    /// Where the form is posted to.
    public var path: String { Self.prefix + name }

    private var name: String {
        switch self {
        case .tick: "tick"
        case .collect: "collect"
        case .redrive: "redrive"
        case .remove: "remove"
        }
    }

    /// The fields of the form.
    var fields: [(String, String)] {
        switch self {
        case .tick: []
        case .collect(let organizations, let days, let again):
            organizations.map { ("organization", "\($0)") }
                + [("from", "\(days.lowerBound)"), ("to", "\(days.upperBound)")]
                + (again ? [("again", "yes")] : [])
        case .redrive(let id): id.map { [("event", $0)] } ?? []
        case .remove(let id): [("integration", "\(id)")]
        }
    }

    /// Reads a form.
    ///
    /// - Throws: `malformedEvent`, naming the field; `notFound` if there is no such action.
    public init(_ path: String, _ form: Form) throws(Failure) {
        switch path {
        case Self.tick.path: self = .tick
        case "\(Self.prefix)collect":
            self = .collect(
                try Self.organizations(form), try Self.days(form), again: form["again"] == "yes")
        case Self.redrive(nil).path: self = .redrive(form["event"])
        case "\(Self.prefix)remove":
            guard let id = form["integration"].flatMap(IntegrationID.init) else {
                throw Failure(.malformedEvent, "The form names no integration.")
            }
            self = .remove(id)
        default: throw Failure(.notFound, "There is no action at this address.")
        }
    }

    private static func organizations(_ form: Form) throws(Failure) -> [OrganizationLogin] {
        var found: [OrganizationLogin] = []
        for name in form.all("organization") where !name.isEmpty {
            guard let login = OrganizationLogin(name) else {
                throw Failure(.malformedEvent, "An organization's name is not a login of GitHub.")
            }
            found.append(login)
        }
        return found
    }

    /// Reads the fields `from` and `to`.
    static func days(_ form: Form) throws(Failure) -> ClosedRange<Day> {
        guard let from = form["from"].flatMap(Day.init), let to = form["to"].flatMap(Day.init)
        else {
            throw Failure(.malformedEvent, "The first and the last day look like 2026-04-18.")
        }
        guard from <= to else {
            throw Failure(.malformedEvent, "The first day is after the last one. Swap the two.")
        }
        guard from.distance(to: to) < dayCountMax else {
            throw Failure(.malformedEvent, "Collect at most \(dayCountMax) days at once.")
        }
        return from...to
    }
}
