import Domain
import MetricText

/// The label blocks of a batch as text, `label="value",…`.
///
/// Samples that share a block share its text.
struct LabelText {
    private var text: [UInt8] = []
    private var bounds = [0]

    init(_ batch: SampleBatch) {
        for block in batch.blocks {
            batch.forEachLabel(of: block) { label, value in
                if text.count > bounds[bounds.count - 1] { text.append(UInt8(ascii: ",")) }
                text += Self.names[Int(label.rawValue)]
                MetricText.appendEscaped(value, to: &text)
                text.append(UInt8(ascii: "\""))
            }
            bounds.append(text.count)
        }
    }

    subscript(block: SampleBatch.BlockID) -> ArraySlice<UInt8> {
        text[bounds[Int(block.index)]..<bounds[Int(block.index) + 1]]
    }

    private static let names = Label.allCases.map { Array("\($0)=\"".utf8) }
}
