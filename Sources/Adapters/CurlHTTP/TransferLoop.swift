import CCurl
import Domain
import Glibc
import Ports
import Synchronization

/// The thread on which libcurl runs, and its command queue.
final class TransferLoop: Sendable {
    /// A command to the thread.
    enum Command: Sendable {
        case start(Transfer)
        /// The reader has emptied the buffer.
        case resume(Transfer)
        /// The reader is gone.
        case abandon(Transfer)
        case stop
    }

    private let settings: CurlTransport.Settings
    private let multi = MultiHandle()
    private let commands = Mutex<[Command]>([])

    /// Starts the thread, which keeps the loop alive until it receives `stop`.
    init(_ settings: CurlTransport.Settings) {
        self.settings = settings
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(code == 0, "cannot start a thread for libcurl: error \(code)")
        pthread_detach(thread)
    }

    /// Sends a command to the thread.
    ///
    /// This is the only method for other threads.
    func post(_ command: Command) {
        commands.withLock { $0.append(command) }
        multi.wake()
    }

    private func run() {
        // With CURLOPT_NOSIGNAL, libcurl does not prevent SIGPIPE on closed connections.
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)

        var running: [ObjectIdentifier: RunningTransfer] = [:]
        var nextLook = ContinuousClock.now
        while obey(&running, &nextLook) {
            multi.perform()
            while let (transfer, code) = multi.nextFinished() {
                guard let ended = running.removeValue(forKey: ObjectIdentifier(transfer)) else {
                    continue
                }
                transfer.end(code == CURLE_OK ? nil : ended.easy.failure(code))
            }
            let now = ContinuousClock.now
            if nextLook <= now { nextLook = now + endIdle(&running, at: now) }
            multi.wait(atMost: nextLook - now)
        }
    }

    /// The interval between checks of idle timeouts, and so their precision.
    private static let lookInterval = Duration.milliseconds(250)

    /// Ends the transfers whose idle timeout has passed.
    ///
    /// libcurl's low-speed limit is not precise enough: it uses averages over several seconds.
    ///
    /// - Returns: The time until the next check. Starting a transfer with an idle timeout makes it
    ///   earlier.
    private func endIdle(
        _ running: inout [ObjectIdentifier: RunningTransfer], at now: ContinuousClock.Instant
    ) -> Duration {
        var isAnyLimited = false
        for (key, transfer) in running.mapValues({ $0.easy.transfer }) {
            guard let end = transfer.idleEnd else { continue }
            isAnyLimited = true
            guard end <= now else { continue }
            running[key] = nil
            transfer.end(transfer.idleFailure)
        }
        return isAnyLimited ? Self.lookInterval : .seconds(60)
    }

    /// Executes the commands in order; false after `stop`.
    private func obey(
        _ running: inout [ObjectIdentifier: RunningTransfer],
        _ nextLook: inout ContinuousClock.Instant
    ) -> Bool {
        let posted = commands.withLock { commands in
            defer { commands = [] }
            return commands
        }
        for command in posted {
            switch command {
            case .start(let transfer):
                guard !transfer.isOver else { break }
                do throws(Failure) {
                    let easy = EasyHandle(transfer, try HeaderList(transfer.request))
                    try easy.configure(settings)
                    running[ObjectIdentifier(transfer)] = try RunningTransfer(easy, on: multi)
                    if transfer.request.idleTimeout != nil { nextLook = .now }
                } catch {
                    transfer.end(error)
                }
            case .resume(let transfer):
                running[ObjectIdentifier(transfer)]?.resume()
            case .abandon(let transfer):
                running[ObjectIdentifier(transfer)] = nil
            case .stop:
                // A pending response would keep the transport alive, so there is none.
                return false
            }
        }
        return true
    }
}
