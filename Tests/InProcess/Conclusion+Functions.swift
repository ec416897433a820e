public import Deployment
public import Domain
public import FunctionInterface

extension Conclusion {
    /// Runs an event through the real functions.
    public static func of(_ event: CloudEvent, by functions: Functions) async -> Conclusion {
        do throws(Failure) {
            return try await functions[event.type.function].conclude(event.data)
        } catch {
            return Conclusion(event.type.function, failure: error)
        }
    }
}
