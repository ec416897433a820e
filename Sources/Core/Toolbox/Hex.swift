/// Hexadecimal text with two lower-case digits per byte (RFC 4648, section 8).
public enum Hex {
    /// Encodes bytes.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
