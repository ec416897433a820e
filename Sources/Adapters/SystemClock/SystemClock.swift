public import Domain
public import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Real time by the system's clock: the one place that asks for it.
public struct SystemClock: WallClock {
    /// Creates a clock.
    public init() {}

    /// The present, rounded down to a millisecond.
    public func now() -> Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
