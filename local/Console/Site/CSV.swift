/// Tables as CSV.
///
/// Source: RFC 4180.
enum CSV {
    /// A table with its heads.
    static func text(_ heads: [String], _ rows: [[String]]) -> String {
        ([heads] + rows).map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    /// A number without an exponent as long as it is whole.
    static func number(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? value.description
    }

    /// A field that a spreadsheet does not take for a formula.
    private static func field(_ text: String) -> String {
        // A number may begin with a minus sign.
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } == true && Double(text) == nil
        let text = isFormula ? "'\(text)" : text
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }

    /// The answer to a download.
    static func response(_ text: String, named name: String) -> ConsoleResponse {
        ConsoleResponse(
            status: 200,
            fields: [
                "content-type": "text/csv; charset=utf-8", "cache-control": "no-store",
                "x-content-type-options": "nosniff",
                "content-disposition": "attachment; filename=\"\(name).csv\"",
            ], body: Array(text.utf8))
    }
}
