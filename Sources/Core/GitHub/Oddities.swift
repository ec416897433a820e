/// Notes about items of a list that were skipped because they are not as documented.
enum Oddities {
    /// The most items to name.
    private static let nameCountMax = 5

    /// A note that names the skipped items; nil if there are none.
    ///
    /// - Parameter names: What is known of each item. The names come from outside, so unusual
    ///   characters are replaced.
    static func note(_ names: [String], _ one: String, _ many: String) -> String? {
        guard !names.isEmpty else { return nil }
        let clean = names.prefix(nameCountMax).map { name in
            String(
                String.UnicodeScalarView(
                    name.unicodeScalars.map { 0x20...0x7E ~= $0.value ? $0 : "?" }))
        }
        let rest = names.count > nameCountMax ? ", …" : ""
        let (what, it) =
            names.count == 1 ? ("1 \(one) was", "it") : ("\(names.count) \(many) were", "them")
        return "\(what) skipped, because GitHub describes \(it) in an unknown form: "
            + clean.joined(separator: ", ") + rest
    }
}
