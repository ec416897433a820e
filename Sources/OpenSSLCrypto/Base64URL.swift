#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Base64 for addresses and names, without padding (RFC 4648, 5).
enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        String(
            Data(bytes).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").prefix { $0 != "=" })
    }

    /// Decodes what ``encode(_:)`` could have made; nil if it is anything else.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: standard + padding).map(Array.init),
            encode(bytes) == text
        else { return nil }
        return bytes
    }
}
