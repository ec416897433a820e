import COpenSSL

/// Empties this thread's queue of OpenSSL's errors, so that none is taken for a later one's.
///
/// - Returns: What they say, without the places in OpenSSL's source; empty if there was none.
@discardableResult
func drainErrors() -> String {
    var reasons: [String] = []
    while case let code = ERR_get_error(), code != 0 {
        if let reason = unsafe ERR_reason_error_string(code) {
            reasons.append(unsafe String(cString: reason))
        }
    }
    return reasons.joined(separator: ", ")
}
