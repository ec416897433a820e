import CCurl
import Glibc
import Ports
import Toolbox

/// Has libcurl tell `transfer` what arrives, and ask it where a socket may open to.
///
/// libcurl keeps the transfer as an unretained pointer. That is sound because the ``EasyHandle``
/// owns both: it holds the transfer until after it has cleaned up the handle, and libcurl calls
/// nothing from then on.
///
/// - Returns: libcurl's code.
func connectCallbacks(of easy: UnsafeMutableRawPointer, to transfer: Transfer) -> CURLcode {
    let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    let codes = unsafe [
        ccurl_set_owner(easy, context),
        ccurl_on_header(easy, takeLine, context),
        ccurl_on_body(easy, takeBody, context),
        ccurl_on_socket(easy, openSocket, context),
        ccurl_on_connected(easy, judgeConnection, context),
    ]
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
}

/// The transfer that a handle was connected to.
func transfer(of easy: UnsafeMutableRawPointer) -> Transfer? {
    var context: UnsafeMutableRawPointer?
    guard unsafe ccurl_get_owner(easy, &context) == CURLE_OK, let context = unsafe context else {
        return nil
    }
    return unsafe transfer(behind: context)
}

/// The transfer behind a context pointer of ``connectCallbacks(of:to:)``.
private func transfer(behind context: UnsafeMutableRawPointer) -> Transfer {
    unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

/// `CURLOPT_HEADERFUNCTION`: one whole line; any count but its own ends the transfer.
private func takeLine(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return -1 }
    let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer(behind: context).take(line: line) ? line.count : -1
}

/// `CURLOPT_WRITEFUNCTION`: a piece of the body.
private func takeBody(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return -1 }
    let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return switch unsafe transfer(behind: context).take(body: piece) {
    case .taken: piece.count
    case .paused: ccurl_pause_body
    case .refused: -1
    }
}

/// `CURLOPT_OPENSOCKETFUNCTION`: the resolved address, before a packet goes to it.
private func openSocket(
    context: UnsafeMutableRawPointer?, purpose: curlsocktype,
    socket: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let socket = unsafe socket,
        let address = unsafe ccurl_address(socket)
    else { return CURL_SOCKET_BAD }
    let byteCount = unsafe Int(socket.pointee.addrlen)
    guard unsafe transfer(behind: context).mayReach(IPAddress(address, byteCount: byteCount))
    else { return CURL_SOCKET_BAD }
    // No child process of this one shall keep the connection open.
    return unsafe Glibc.socket(
        socket.pointee.family, socket.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
        socket.pointee.protocol)
}

/// `CURLOPT_PREREQFUNCTION`: the address again, for the connection may be one that an earlier
/// request opened under a looser rule.
private func judgeConnection(
    context: UnsafeMutableRawPointer?, remote: UnsafeMutablePointer<CChar>?,
    local: UnsafeMutablePointer<CChar>?, remotePort: Int32, localPort: Int32
) -> Int32 {
    guard let context = unsafe context, let remote = unsafe remote else {
        return CURL_PREREQFUNC_ABORT
    }
    let address = unsafe IPAddress(String(cString: remote))
    return unsafe transfer(behind: context).mayReach(address)
        ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
