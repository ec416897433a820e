import Domain

/// The documents below `/api/`: what each holds, what may be asked, and how it is built.
///
/// The site answers what is listed here, and ``APIDescription`` describes it.
enum APIDocument: String, CaseIterable {
    case organizations, days, events, series, people, checks
    case openAPI = "openapi.json"

    /// A field of the query.
    struct Field {
        var name: String
        var description: String
        var schema: JSONValue
        var isRequired = false
    }

    /// What the document holds, in one sentence.
    var summary: String {
        switch self {
        case .organizations: "All organizations, with the newest day of each."
        case .days: "The manifests of days: what was collected, and what is missing."
        case .events: "Pending events, dead letters and attempts."
        case .series: "The samples of a metric of an organization, a value per day."
        case .people:
            "What each person of an organization did, added up over some days. With USER_IDENTITY none there is nobody."
        case .checks: "What the doctor found. Only copilot-local run has it."
        case .openAPI: "This description."
        }
    }

    /// The fields of the query.
    var fields: [Field] {
        let from = Field(
            name: "from", description: "The first day; by default 30 days up to the last one.",
            schema: .day)
        let to = Field(
            name: "to", description: "The last day; by default the newest.", schema: .day)
        let organization = Field(
            name: "organization", description: "A login, in any case.", schema: .of("string"))
        switch self {
        case .organizations, .events, .checks, .openAPI: return []
        case .days: return [from, to, organization]
        case .people:
            var organization = organization
            organization.isRequired = true
            return [organization, from, to]
        case .series:
            var organization = organization
            organization.isRequired = true
            return [
                Field(
                    name: "metric", description: "A metric of the catalogue, not of users.",
                    schema: .of("string"), isRequired: true),
                organization, from, to,
                Field(
                    name: "by",
                    description: "A label of the metric: series that agree in it are added up.",
                    schema: .of("string")),
            ]
        }
    }

    /// How the document is built.
    var schema: JSONValue {
        switch self {
        case .organizations:
            .object(of: ["organizations": .list(of: .reference("Organization"))])
        case .days: .object(of: ["manifests": .list(of: .reference("Manifest"))])
        case .events:
            .object(of: [
                "queued": .list(of: .reference("QueuedEvent")),
                "attempts": .list(of: .reference("Attempt")),
            ])
        case .series: .reference("Series")
        case .people:
            .object(of: [
                "people": .list(of: .reference("Person")),
                "problems": .list(of: .of("string")),
            ])
        case .checks:
            .object(
                of: ["running": .of("boolean"), "checks": .list(of: .reference("Check"))],
                optional: ["at": .time])
        case .openAPI: .of("object")
        }
    }

    /// The statuses beside 200.
    var refusals: [Int] {
        switch self {
        case .organizations, .events: [503]
        case .days, .series, .people: [400, 404, 503]
        case .checks: [404]
        case .openAPI: []
        }
    }
}
