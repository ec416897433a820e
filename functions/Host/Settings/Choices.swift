import Ports
public import RemoteWrite

/// Where state is kept.
public enum StateStoreSetting: Hashable, Sendable {
    /// In this process, gone when it ends.
    case memory
    /// In a folder.
    case file(folder: String)

    static func parse(_ text: String) throws(Failure) -> Self {
        let (kind, place) = splitKind(text)
        switch kind {
        case "memory" where place.isEmpty: return .memory
        case "file" where !place.isEmpty: return .file(folder: place)
        case "postgres", "postgresql", "dynamodb":
            throw Failure(
                .misconfigured,
                "STATE_STORE names \(kind), which this version does not have yet:"
                    + " set it to file:DIR")
        default:
            throw Failure(.misconfigured, "STATE_STORE must be file:DIR, or memory for a trial")
        }
    }
}

/// Where events travel.
public enum EventBusSetting: Hashable, Sendable {
    /// Through a folder.
    case file(folder: String)

    static func parse(_ text: String) throws(Failure) -> Self {
        let (kind, place) = splitKind(text)
        switch kind {
        case "file" where !place.isEmpty: return .file(folder: place)
        case "postgres", "postgresql", "sqs", "http", "https":
            throw Failure(
                .misconfigured,
                "EVENT_BUS or K_SINK names \(kind), which this version does not have yet:"
                    + " set EVENT_BUS to file:DIR")
        default: throw Failure(.misconfigured, "EVENT_BUS must be file:DIR")
        }
    }
}

/// Where samples go.
///
/// It prints as its name and shows `dump` no more: the address of a backend may hold a secret.
public enum SinkSetting: Sendable, CustomStringConvertible, CustomReflectable {
    /// Into OpenMetrics files.
    case file(folder: String)
    /// To a backend that speaks Prometheus remote write.
    case remoteWrite(RemoteWriteSettings, name: String)

    /// What a person knows it by: the setting, without a query, which may hold a secret.
    public var name: String {
        switch self {
        case .file(let folder): "file:\(folder)"
        case .remoteWrite(_, let name): name
        }
    }

    /// The name.
    public var description: String { name }

    /// A mirror with nothing in it.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// How log lines look.
public enum LogFormat: String, CaseIterable, Sendable {
    /// One JSON object a line, for machines.
    case json
    /// One plain line, for people.
    case text
}

/// Splits `kind:place`.
func splitKind(_ text: String) -> (kind: String, place: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return (parts[0].lowercased(), parts.count == 2 ? String(parts[1]) : "")
}
