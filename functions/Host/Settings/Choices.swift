/// Where state is kept.
public enum StateStoreSetting: Hashable, Sendable {
    /// In this process, gone when it ends.
    case memory
    /// In a folder.
    case file(folder: String)

    static func parse(_ text: String) throws(Complaint) -> Self {
        if text == "memory" { return .memory }
        let (kind, place) = split(text)
        switch kind {
        case "file": return .file(folder: try folder(place))
        case "postgres", "postgresql", "dynamodb":
            throw .notBuilt(kind, use: "STATE_STORE=file:DIR")
        default: throw Complaint("must be file:DIR, or memory for a trial")
        }
    }
}

/// Where events travel.
public enum EventBusSetting: Hashable, Sendable {
    /// Through a folder.
    case file(folder: String)

    static func parse(_ text: String) throws(Complaint) -> Self {
        let (kind, place) = split(text)
        switch kind {
        case "file": return .file(folder: try folder(place))
        case "postgres", "postgresql", "sqs", "http", "https":
            throw .notBuilt(kind, use: "EVENT_BUS=file:DIR")
        default: throw Complaint("must be file:DIR")
        }
    }
}

/// Where samples go.
public enum SinkSetting: Hashable, Sendable {
    /// Into OpenMetrics files.
    case file(folder: String)
    /// To a backend that speaks Prometheus remote write.
    case remoteWrite(url: String)
    /// To Coralogix.
    case coralogix(domain: String)

    static func parse(_ text: String) throws(Complaint) -> Self {
        let (kind, place) = split(text)
        switch kind {
        case "file": return .file(folder: try folder(place))
        case "remote-write" where WebAddress.isPlain(place): return .remoteWrite(url: place)
        case "remote-write":
            throw Complaint(
                "must have an http or https address after remote-write:, without a user, such as"
                    + " remote-write:https://prometheus.example.com/api/v1/write")
        case "coralogix" where !place.isEmpty: return .coralogix(domain: place)
        default:
            throw Complaint(
                "must be file:DIR, remote-write:URL or coralogix:DOMAIN, several separated by"
                    + " spaces")
        }
    }
}

/// How log lines look.
public enum LogFormat: String, CaseIterable, Sendable {
    /// One JSON object a line, for machines.
    case json
    /// One plain line, for people.
    case text
}

private func split(_ text: String) -> (kind: String, place: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return (parts[0].lowercased(), parts.count == 2 ? String(parts[1]) : "")
}

private func folder(_ place: String) throws(Complaint) -> String {
    guard !place.isEmpty else { throw Complaint("must name a folder after file:") }
    return place
}

extension Complaint {
    fileprivate static func notBuilt(_ kind: String, use other: String) -> Self {
        Complaint("names \(kind), which this version does not have yet: use \(other)")
    }
}
