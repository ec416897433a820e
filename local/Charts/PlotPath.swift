import HTML

/// The data of a `path`, written short: coordinates in tenths, relative where that is shorter.
struct PlotPath {
    private(set) var data = ""
    /// Where the latest rectangle or bar leaves the pen.
    private var corner: (x: Int, y: Int)?

    /// The data as an attribute value; it consists of digits and commands only.
    var html: HTML { HTML(stringLiteral: data) }

    var isEmpty: Bool { data.isEmpty }

    /// A tenth as a number: 25 is `2.5`.
    static func number(_ tenths: Int) -> String {
        let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
        let digits = rest == 0 ? "\(whole)" : whole == 0 ? ".\(rest)" : "\(whole).\(rest)"
        return tenths < 0 ? "-\(digits)" : digits
    }

    /// Draws a line through points that are one day apart.
    mutating func line(from x: Int, through ys: [Int]) {
        guard let first = ys.first else { return }
        data += "M\(Self.number(x)) \(Self.number(first))"
        guard ys.count > 1 else { return }
        data += "l"
        for (index, (before, after)) in zip(ys, ys.dropFirst()).enumerated() {
            data += "\(index == 0 ? "" : " ")1\(Self.joined(after - before))"
        }
    }

    /// Draws a rectangle.
    mutating func box(x: Int, width: Int, from top: Int, to bottom: Int) {
        if let last = corner {
            data += "m\(Self.number(x - last.x))\(Self.joined(bottom - last.y))"
        } else {
            data += "M\(Self.number(x)) \(Self.number(bottom))"
        }
        corner = (x, bottom)
        let (width, height) = (Self.number(width), bottom - top)
        data += "v\(Self.number(-height))h\(width)v\(Self.number(height))z"
    }

    /// Draws a bar as one upright stroke, which is half as long to write as a rectangle.
    mutating func bar(x: Int, from top: Int, to bottom: Int) {
        if let last = corner {
            data += "m\(Self.number(x - last.x))\(Self.joined(bottom - last.y))"
        } else {
            data += "M\(Self.number(x)) \(Self.number(bottom))"
        }
        data += "v\(Self.number(top - bottom))"
        corner = (x, top)
    }

    /// A number after another one; a minus sign separates already.
    private static func joined(_ tenths: Int) -> String {
        tenths < 0 ? number(tenths) : " " + number(tenths)
    }
}
