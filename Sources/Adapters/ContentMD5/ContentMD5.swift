import COpenSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The header field `content-md5` of RFC 1864: what a body was before it travelled.
///
/// MD5 keeps nobody from lying; it finds what was damaged on its way or at rest. The digest is of the
/// body as it is transferred, packed or not.
public enum ContentMD5 {
    /// Reads the field.
    ///
    /// - Parameter field: The field's value.
    /// - Returns: The digest, 16 bytes; nil if the field holds none. Such a field says nothing about
    ///   the body, so it is no reason to refuse it: all other checks of a body are still made.
    public static func digest(in field: String) -> [UInt8]? {
        guard let digest = Data(base64Encoded: field), digest.count == MD5.byteCount else {
            return nil
        }
        return [UInt8](digest)
    }

    /// Makes the field for a body; nil where this machine's OpenSSL may not do MD5.
    public static func field(for body: [UInt8]) -> String? {
        guard let md5 = MD5() else { return nil }
        md5.take(body)
        return Data(md5.digest()).base64EncodedString()
    }
}

/// MD5 of RFC 1321 by the system's OpenSSL, piece by piece.
@safe public final class MD5 {
    static let byteCount = 16

    // Is freed with this object.
    private let context: OpaquePointer

    /// Begins; nil where this machine's OpenSSL may not do MD5, as under FIPS 140.
    public init?() {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        unsafe self.context = unsafe context
        guard unsafe EVP_DigestInit_ex(context, EVP_md5(), nil) == 1 else { return nil }
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes the next bytes.
    public func take(_ bytes: [UInt8]) {
        let code = unsafe EVP_DigestUpdate(context, bytes, bytes.count)
        precondition(code == 1, "OpenSSL has begun MD5 and does not go on")
    }

    /// Ends, once: the digest of all that was taken, 16 bytes.
    public func digest() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        let code = unsafe EVP_DigestFinal_ex(context, &digest, nil)
        precondition(code == 1, "OpenSSL has begun MD5 and does not end it")
        return digest
    }
}
