/// Hexadecimal text with two lower-case digits per byte (RFC 4648, section 8).
public enum Hex {
    /// Encodes bytes.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map(encode).joined()
    }

    /// Encodes a number with all digits of its width, such as 16 of a `UInt64`.
    public static func encode(_ number: some FixedWidthInteger & UnsignedInteger) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: type(of: number).bitWidth / 4 - digits.count) + digits
    }
}
