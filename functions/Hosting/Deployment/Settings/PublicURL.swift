import Toolbox

/// The address at which browsers reach this deployment: `https`, or plain `http` on loopback, where
/// no one else can listen.
public struct PublicURL: Hashable, Sendable, CustomStringConvertible {
    /// The address, without a slash at the end.
    public let description: String
    /// Whether it is `https`.
    public let isSecure: Bool
    /// Whether only this machine can reach it.
    public let isLoopback: Bool

    /// Checks an address; nil if it is not an absolute web address, carries a user, a query or a
    /// fragment, or is plain `http` off loopback.
    public init?(_ text: String) {
        guard let origin = Origin(text), origin.isSecure || origin.isLoopback,
            !text.contains(where: { $0 == "?" || $0 == "#" })
        else { return nil }
        description = text.trimmed { $0 == "/" }
        isSecure = origin.isSecure
        isLoopback = origin.isLoopback
    }
}
