import Domain
import Fakes
import TestSupport

/// A batch of random samples, with values that reports have and others.
func randomBatch(seed: UInt64, source: Source = .users, sampleCount: Int = 300) -> SampleBatch {
    var generator = SeededGenerator(seed: seed)
    let texts = ["a", "Grüße", "👩‍💻", "日本語", "\"\\\n", " ", String(repeating: "x", count: 300)]
    let numbers: [Double] = [
        0, -0.0, 1, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e308,
        .pi, Double(sign: .minus, exponent: -1_074, significand: 1),
    ]
    var batch = SampleBatch(.acme(source))
    func block(_ labels: some Sequence<Label>) -> SampleBatch.BlockID {
        for label in labels where Bool.random(using: &generator) {
            batch.addLabel(label, texts.randomElement(using: &generator) ?? "")
        }
        return batch.endBlock()
    }
    for _ in 0..<sampleCount {
        // All labels of the head sort before those of the tail.
        let cut = Int.random(in: 0...Label.allCases.count, using: &generator)
        let value =
            Bool.random(using: &generator)
            ? numbers.randomElement(using: &generator) ?? 0
            : Double(bitPattern: generator.next())
        batch.add(
            MetricID.all.randomElement(using: &generator) ?? MetricID.all[0], value,
            head: block(Label.allCases[..<cut]), tail: block(Label.allCases[cut...]))
    }
    return batch
}
