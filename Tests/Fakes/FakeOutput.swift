public import Domain
public import FunctionInterface

/// An output that is whatever a test says, for functions that are not the real ones.
public struct FakeOutput: FunctionOutput {
    /// The output's JSON.
    public var json: JSONValue
    /// The events that follow.
    public var followUps: [CloudEvent]
    /// When to send the event again.
    public var retryAfterSeconds: Int?
    /// What the output says; a tick of as many events as follow unless a test says otherwise.
    public var summary: Conclusion.Summary

    /// Creates an output.
    public init(
        json: JSONValue = .object([:]), followUps: [CloudEvent] = [],
        retryAfterSeconds: Int? = nil, summary: Conclusion.Summary? = nil
    ) {
        self.json = json
        self.followUps = followUps
        self.retryAfterSeconds = retryAfterSeconds
        self.summary =
            summary
            ?? .tick(TickSummary(time: Timestamp(seconds: 0), events: followUps.count))
    }

    /// Encodes the JSON alone.
    public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension Conclusion {
    /// Concludes an event of a function that is only a closure.
    public static func of(
        _ function: FunctionName, _ body: () async throws(Failure) -> FakeOutput
    ) async -> Conclusion {
        do throws(Failure) {
            return Conclusion(function, output: try await body())
        } catch {
            return Conclusion(function, failure: error)
        }
    }
}
