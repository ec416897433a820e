import ArgumentParser
import Dispatch

/// Keeps the first thread until all is done.
///
/// An asynchronous `main` ends it as soon as it waits, and callgrind of valgrind 3.19 cannot follow.
@main enum Main {
    static func main() {
        let end = DispatchSemaphore(value: 0)
        Task.detached {
            await Benchmarks.main(nil)
            end.signal()
        }
        end.wait()
    }
}
