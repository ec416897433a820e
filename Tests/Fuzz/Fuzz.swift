import Fuzzing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The target that `FUZZ_TARGET` names.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        fatalError("set FUZZ_TARGET to one of \(FuzzTarget.all.map(\.name))")
    }
    return target
}()

/// What libFuzzer calls with each input.
///
/// Source: <https://llvm.org/docs/LibFuzzer.html#fuzz-target>.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer owns the bytes during the call; they are copied.
    target.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
