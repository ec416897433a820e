import Fakes
import Fuzzing
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `make fuzz` adds an input here whenever it finds one that breaks a reader.
@Suite("Readers of bytes from outside", .timeLimit(.minutes(5)))
struct CorpusTests {
    static let corpus = "Tests/FuzzTests/Corpus"
    static let folder = "\(Repository.root)/\(corpus)"

    static func inputs(of target: FuzzTarget) throws -> [String: [UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(target)")
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, try Repository.bytes("\(corpus)/\(target)/\(name)"))
            })
    }

    @Test("keep their promises for every committed input", arguments: FuzzTarget.all)
    func corpus(target: FuzzTarget) throws {
        let inputs = try Self.inputs(of: target)
        #expect(!inputs.isEmpty, "no seed for \(target)")
        for (_, bytes) in inputs { target.run(bytes) }
    }

    @Test("keep their promises for damaged inputs", arguments: FuzzTarget.all)
    func damaged(target: FuzzTarget) throws {
        var random = SeededGenerator(seed: 1)
        for (_, bytes) in try Self.inputs(of: target).sorted(by: { $0.key < $1.key }) {
            for _ in 0..<50 where !bytes.isEmpty {
                var bytes = bytes
                for _ in 0...Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: bytes.indices, using: &random)
                    switch Int.random(in: 0...3, using: &random) {
                    case 0: bytes[place] = .random(in: .min ... .max, using: &random)
                    case 1: bytes.insert(bytes[place], at: place)
                    case 2 where bytes.count > 1: bytes.remove(at: place)
                    default: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
                    }
                }
                target.run(bytes)
            }
        }
    }

    @Test("have a folder of inputs, and no folder is left over")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
    }
}
