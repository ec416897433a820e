extension StringProtocol {
    /// The text without characters that a terminal or a reader could be deceived with: control
    /// characters, line separators and the marks that change the direction of text become `\u{FFFD}`.
    ///
    /// Every name from outside that is shown to people goes through it or through a checked type.
    public var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                        "\u{FFFD}"
                    default: scalar
                    }
                }))
    }

    /// The text of a JSON document with the characters escaped that ``printable`` replaces.
    ///
    /// Line breaks and tabs between its parts stay; in strings, JSON has escaped them already.
    public var escapedInJSON: String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\n" && scalar != "\t", .format, .lineSeparator,
                .paragraphSeparator:
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    let zeros = String(repeating: "0", count: 4 - digits.count)
                    escaped.append(contentsOf: "\\u\(zeros)\(digits)".unicodeScalars)
                }
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    /// Returns the text without unwanted characters at either end.
    ///
    /// Foundation's `trimmingCharacters` is not part of FoundationEssentials.
    public func trimmed(_ isUnwanted: (Character) -> Bool = \.isWhitespace) -> String {
        guard let end = lastIndex(where: { !isUnwanted($0) }) else { return "" }
        return String(self[...end].drop(while: isUnwanted))
    }

    /// Breaks the text into lines, between words.
    ///
    /// - Parameters:
    ///   - width: The most characters per line, the indent included. A longer word is not broken.
    ///   - indent: What each line begins with.
    /// - Returns: The lines; none if there are no words.
    public func wrapped(width: Int, indent: String = "") -> [String] {
        String(self).split(whereSeparator: \.isWhitespace).reduce(into: []) { lines, word in
            if let line = lines.last, line.count + 1 + word.count <= width {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(indent + word)
            }
        }
    }

    /// Returns the text with spaces after it up to a width.
    public func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}

extension BinaryInteger {
    /// The digits in groups of three, such as `1,947`.
    ///
    /// Foundation's number styles are not part of FoundationEssentials.
    public var grouped: String {
        let digits = Array(String(magnitude))
        let groups = stride(from: digits.count, to: 0, by: -3).reversed().map { end in
            String(digits[Swift.max(0, end - 3)..<end])
        }
        return (self < 0 ? "-" : "") + groups.joined(separator: ",")
    }
}

extension BinaryFloatingPoint {
    /// The number with two decimals and its whole digits in groups of three, such as `1,091.15`.
    public var groupedHundredths: String {
        let hundredths = Int64((magnitude * 100).rounded())
        let sign = self < 0 && hundredths > 0 ? "-" : ""
        return sign + (hundredths / 100).grouped + "." + String(hundredths % 100 + 100).dropFirst()
    }
}
