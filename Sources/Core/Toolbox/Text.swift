extension StringProtocol {
    /// The text without characters that a terminal or a reader could be deceived with: control
    /// characters, line separators and the marks that change the direction of text become `\u{FFFD}`.
    ///
    /// Every name from outside that is shown to people goes through it or through a checked type.
    public var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.isDeceptive ? "\u{FFFD}" : $0 }))
    }

    /// The text of a JSON document with the characters escaped that ``printable`` replaces.
    ///
    /// Line breaks and tabs between its parts stay; in strings, JSON has escaped them already.
    public var escapedInJSON: String {
        escaped(except: "\n\t") { "\\u\($0)" }
    }

    /// Returns the text with the characters escaped that ``printable`` replaces.
    ///
    /// - Parameters:
    ///   - kept: Characters that stay nevertheless.
    ///   - spelling: How the four hexadecimal digits of a UTF-16 unit are written.
    public func escaped(
        except kept: String = "", as spelling: (String) -> String = { "\\u{\($0)}" }
    ) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            guard scalar.isDeceptive, !kept.unicodeScalars.contains(scalar) else {
                escaped.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                escaped.append(contentsOf: spelling(Hex.encode(unit)).unicodeScalars)
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

    /// The text with a capital letter first, as the messages of failures are shown: they begin with a
    /// small one, because others quote them.
    public var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

    /// The text with a full stop, unless it ends as a sentence already.
    public var withFullStop: String {
        String(self) + (last.map { ".!?".contains($0) } ?? true ? "" : ".")
    }

    /// The text as a sentence: with a capital letter first and a full stop.
    public var sentence: String { capitalizedFirst.withFullStop }

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

extension Unicode.Scalar {
    /// Whether it could end a line, move the cursor or reverse the reading direction.
    fileprivate var isDeceptive: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
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
        // Beyond that, a number has no digits after the point.
        guard let hundredths = Int64(exactly: (magnitude * 100).rounded()) else { return "\(self)" }
        let sign = self < 0 && hundredths > 0 ? "-" : ""
        return sign + (hundredths / 100).grouped + "." + String(hundredths % 100 + 100).dropFirst()
    }
}
