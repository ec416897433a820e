import Domain
import Runner

/// The description of all documents.
///
/// Source: <https://spec.openapis.org/oas/v3.1.0.html>.
enum APIDescription {
    /// The document.
    static let document: JSONValue = .object([
        "openapi": .string("3.1.0"),
        "info": .object([
            "title": .string("copilot-usage"), "version": .string(ProductVersion.current),
            "description": .string(
                """
                What the pages of copilot-local show, as JSON. Nothing here changes anything. Days \
                are UTC days. Fields may be added.
                """),
            "license": .object([
                "name": .string("Apache 2.0"), "identifier": .string("Apache-2.0"),
            ]),
        ]),
        "servers": .array([.object(["url": .string("/")])]),
        "paths": .object(
            Dictionary(
                uniqueKeysWithValues: APIDocument.allCases.map { ("/api/\($0.rawValue)", path($0)) }
            )),
        "components": .object(["schemas": .object(schemas)]),
    ])

    private static func path(_ document: APIDocument) -> JSONValue {
        let fields = document.fields.map { field in
            JSONValue.object([
                "name": .string(field.name), "in": .string("query"),
                "description": .string(field.description), "schema": field.schema,
                "required": .bool(field.isRequired),
            ])
        }
        var responses = ["200": response("The document.", document.schema)]
        for status in document.refusals {
            responses["\(status)"] = response(words(status), .reference("Error"))
        }
        return .object([
            "get": .object([
                "operationId": .string(document == .openAPI ? "openapi" : document.rawValue),
                "summary": .string(document.summary), "parameters": .array(fields),
                "responses": .object(responses),
            ])
        ])
    }

    private static func words(_ status: Int) -> String {
        switch status {
        case 400: "A field of the query is missing or wrong."
        case 404: "There is no such organization, metric or document."
        default: "The state or the samples cannot be read."
        }
    }

    private static func response(_ words: String, _ schema: JSONValue) -> JSONValue {
        .object([
            "description": .string(words),
            "content": .object(["application/json": .object(["schema": schema])]),
        ])
    }

    private static let schemas: [String: JSONValue] = [
        "Error": .object(of: [
            "error": .object(of: ["code": .of("string"), "message": .of("string")])
        ]),
        "Organization": .object(
            of: [
                "organization": .of("string"), "integration": .of("string"),
                "installation": .of("integer"), "summary": .of("string"),
                "state": .choice(["good", "open", "bad", "none"]),
            ], optional: ["newest": .day, "suspendedAt": .time]),
        "Manifest": .object(
            of: [
                "organization": .of("string"), "day": .day, "integration": .of("string"),
                "installation": .of("integer"), "samples": .count, "final": .of("boolean"),
                "readAt": .time,
                "sources": .object([
                    "type": .string("object"), "additionalProperties": .reference("SourceResult"),
                ]),
            ],
            optional: [
                "reason": .of("string"), "next": .of("string"), "retryAfterSeconds": .count,
            ]),
        "SourceResult": .object(
            of: ["outcome": .of("string"), "samples": .count],
            optional: [
                "reason": .of("string"), "records": .count, "shards": .count,
                "digest": .of("string"), "enterprise": .of("string"),
                "notes": .list(of: .of("string")),
                "changes": .object(of: [
                    "changed": .count, "added": .count, "removed": .count,
                    "estimated": .of("boolean"),
                ]),
            ]),
        "QueuedEvent": .object(
            of: ["event": .reference("CloudEvent"), "attempts": .count],
            optional: ["due": .time, "reason": .of("string")]),
        "CloudEvent": .object(
            of: [
                "specversion": .of("string"), "id": .of("string"), "source": .of("string"),
                "type": .of("string"),
            ], optional: ["subject": .of("string"), "time": .time, "data": .object([:])]),
        "Attempt": .object(
            of: [
                "time": .time, "function": .choice(FunctionName.allCases.map(\.rawValue)),
                "event": .of("string"), "attempt": .count,
                "verdict": .choice(["done", "retry", "dead"]), "durationMilliseconds": .count,
            ],
            optional: [
                "subject": .of("string"), "retryAt": .time, "result": .of("object"),
                "problems": .of("object"),
                "failure": .object(
                    of: ["code": .of("string"), "message": .of("string")],
                    optional: ["retryAfterSeconds": .count]),
            ]),
        "Series": .object(of: [
            "metric": .of("string"), "unit": .of("string"),
            "problems": .list(of: .of("string")),
            "series": .list(
                of: .object(of: [
                    "labels": .object([
                        "type": .string("object"), "additionalProperties": .of("string"),
                    ]),
                    "points": .list(of: point),
                ])),
        ]),
        "Person": .object(
            of: ["login": .of("string"), "daysActive": .count],
            optional: [
                "id": .of("string"), "lastActive": .day, "prompts": .of("number"),
                "generated": .of("number"), "accepted": .of("number"),
                "linesAdded": .of("number"), "mainEditor": .of("string"),
                "mainFeature": .of("string"),
            ]),
        "Check": .object(
            of: [
                "name": .choice(Check.Name.allCases.map(\.rawValue)),
                "outcome": .choice(Check.Outcome.allCases.map(\.rawValue)),
                "seen": .of("string"),
            ], optional: ["about": .of("string"), "fix": .of("string")]),
    ]

    /// A day and its value, as a list of two.
    ///
    /// `prefixItems` would say more, and several generators of clients do not understand it.
    private static let point: JSONValue = .object([
        "type": .string("array"), "description": .string("a day, and its value"),
        "items": .object(["type": .array([.string("string"), .string("number")])]),
        "minItems": .integer(2), "maxItems": .integer(2),
    ])
}

/// The parts of schemas.
extension JSONValue {
    static func of(_ type: String) -> JSONValue { .object(["type": .string(type)]) }

    static let day = format("date")
    static let time = format("date-time")
    static let count: JSONValue = .object([
        "type": .string("integer"), "minimum": .integer(0),
    ])

    private static func format(_ name: String) -> JSONValue {
        .object(["type": .string("string"), "format": .string(name)])
    }

    static func choice(_ words: [String]) -> JSONValue {
        .object(["type": .string("string"), "enum": .array(words.map { .string($0) })])
    }

    static func list(of items: JSONValue) -> JSONValue {
        .object(["type": .string("array"), "items": items])
    }

    static func reference(_ name: String) -> JSONValue {
        .object(["$ref": .string("#/components/schemas/\(name)")])
    }

    static func object(
        of required: [String: JSONValue], optional: [String: JSONValue] = [:]
    ) -> JSONValue {
        .object([
            "type": .string("object"),
            "properties": .object(required.merging(optional) { first, _ in first }),
            "required": .array(required.keys.sorted().map { .string($0) }),
        ])
    }
}
