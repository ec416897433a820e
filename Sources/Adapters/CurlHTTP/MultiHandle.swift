import CCurl
import Domain
import Glibc
import Ports

/// libcurl's multi handle: the connections and the running transfers.
///
/// It is `Sendable` because other threads only call ``wake()``, which libcurl allows. Everything else
/// happens on the thread of its ``TransferLoop``.
/// Source: <https://curl.se/libcurl/c/libcurl-multi.html>, libcurl 7.88.
@safe final class MultiHandle: @unchecked Sendable {
    fileprivate let raw: UnsafeMutableRawPointer

    init() {
        guard let raw = unsafe curl_multi_init() else {
            preconditionFailure("libcurl cannot allocate memory")
        }
        unsafe self.raw = raw
        // HTTP/2 is used with one transfer per connection. With more, libcurl would buffer up to
        // 32 MiB for each stream whose reader is slow while others of its connection are read
        // (curl_easy_pause(3), "Multiplexed"; measured).
        unsafe ccurl_set_multi_long(raw, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        // By default libcurl keeps four connections per running transfer, which is too few after a
        // burst.
        unsafe ccurl_set_multi_long(raw, CURLMOPT_MAXCONNECTS, 64)
    }

    deinit { unsafe curl_multi_cleanup(raw) }

    /// Makes ``wait(atMost:)`` return, now or on its next call.
    func wake() { unsafe curl_multi_wakeup(raw) }

    /// Waits for the network, libcurl's timers or ``wake()``.
    ///
    /// - Parameter limit: The longest wait, up to 60 seconds.
    func wait(atMost limit: Duration) {
        let milliseconds = min(max(limit.wholeMilliseconds, 0), 60_000)
        unsafe curl_multi_poll(raw, nil, 0, Int32(milliseconds), nil)
    }

    /// Performs all work that does not block.
    func perform() {
        var runningCount: Int32 = 0
        unsafe curl_multi_perform(raw, &runningCount)
    }

    /// Returns a finished transfer and libcurl's code; nil if there are no more.
    func nextFinished() -> (transfer: Transfer, code: CURLcode)? {
        var restCount: Int32 = 0
        while let message = unsafe curl_multi_info_read(raw, &restCount) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let transfer = unsafe transfer(of: message.pointee.easy_handle)
            else { continue }
            return unsafe (transfer, message.pointee.data.result)
        }
        return nil
    }
}

/// An easy handle that a multi handle runs, until this object is released.
final class RunningTransfer {
    let easy: EasyHandle
    private let multi: MultiHandle

    init(_ easy: consuming EasyHandle, on multi: MultiHandle) throws(Failure) {
        self.easy = easy
        self.multi = multi
        let code = unsafe curl_multi_add_handle(multi.raw, self.easy.raw)
        guard code == CURLM_OK else {
            throw Failure(.unavailable, unsafe String(cString: curl_multi_strerror(code)))
        }
    }

    deinit { unsafe curl_multi_remove_handle(multi.raw, easy.raw) }

    /// Resumes a paused transfer.
    ///
    /// Data that libcurl held back arrives before this returns.
    func resume() { unsafe curl_easy_pause(easy.raw, CURLPAUSE_CONT) }
}
