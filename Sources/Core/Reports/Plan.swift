import Domain

/// The catalogue's rows of one source, arranged as the JSON is nested.
///
/// It is made once from ``Catalogue/metrics``, which stays the only description of the mapping:
/// every field that has a row or labels one gets an action, and all others are passed over.
struct Plan: Sendable {
    /// What to do with a field.
    enum Action: Hashable, Sendable {
        /// Keep the number in this slot of the level.
        case value(Int)
        /// Keep the text or number in this slot of the level.
        case label(Int)
        /// Look into the object, with the fields of this node, at the same level.
        case object(Int)
        /// Each object of the list is a level of its own.
        case list(Int)
        /// It is the record's day.
        case day
        /// It is documented, and no metric is made of it.
        case documented
    }

    /// A record, or an object of a list inside one: what is gathered before anything is emitted.
    struct Level: Sendable {
        /// The node of the level's own fields.
        var node: Int
        /// The metric of each value slot.
        var metrics: [MetricID] = []
        /// The label of each label slot, in the order of ``Label``.
        var labels: [Label]
        /// Whether the labels can stand in a block before the organization's; else all labels of
        /// a series go into one block.
        var isSplit: Bool
    }

    /// What to do with each field, by node and name; the record's node is 0.
    private(set) var fields = FieldTable()
    /// The levels; the first is the record's.
    private(set) var levels: [Level]
    /// The fields that say whose a record is, and when.
    let identity: [[UInt8]]
    /// Metrics that are 1 for each record.
    private(set) var constants: [MetricID] = []
    private var nodeLast = 0

    /// The count of nodes.
    var nodeCount: Int { nodeLast + 1 }

    /// Arranges the rows of `source`.
    ///
    /// - Parameters:
    ///   - source: One of ``Source/reports``.
    ///   - subject: The labels that say who a record is about.
    init(source: Source, subject: [Label]) {
        levels = [Level(node: 0, labels: subject, isSplit: true)]
        identity = (["day"] + subject.map(\.field)).map { Array($0.utf8) }
        fields.add("day", in: 0, .day)
        for (slot, label) in subject.enumerated() {
            fields.add(label.field, in: 0, .label(slot))
        }
        for id in MetricID.all where id.metric.source == source {
            if id.metric.path.isEmpty { constants.append(id) } else { addRow(id) }
        }
        for path in DocumentedFields.paths(of: source) { addDocumented(path) }
        precondition(
            levels.allSatisfy {
                $0.metrics.count <= Gathered.valueCountMax
                    && $0.labels.count <= Gathered.labelCountMax
            }, "a level is too wide")
    }

    private mutating func addRow(_ id: MetricID) {
        var level = 0
        var node = 0
        var parts = id.metric.path.split(separator: ".").map(String.init)
        let field = parts.removeLast()
        for part in parts {
            if part.hasSuffix("[]") {
                level = self.level(in: node, field: String(part.dropLast(2)), id.metric)
                node = levels[level].node
            } else {
                node = self.node(in: node, field: part)
            }
        }
        fields.add(field, in: node, .value(levels[level].metrics.count))
        levels[level].metrics.append(id)
    }

    // The lists and objects on the way have rows of the catalogue, so they are there already.
    private mutating func addDocumented(_ path: String) {
        var node = 0
        let parts = path.split(separator: ".")
        for part in parts.dropLast() {
            let name = part.hasSuffix("[]") ? String(part.dropLast(2)) : String(part)
            switch fields.action(name, in: node) {
            case .object(let inner): node = inner
            case .list(let level): node = levels[level].node
            default: preconditionFailure("no metric is made of anything in \(path)")
            }
        }
        fields.add(String(parts[parts.count - 1]), in: node, .documented)
    }

    private mutating func node(in node: Int, field: String) -> Int {
        if case .object(let known) = fields.action(field, in: node) { return known }
        nodeLast += 1
        fields.add(field, in: node, .object(nodeLast))
        return nodeLast
    }

    private mutating func level(in node: Int, field: String, _ metric: Metric) -> Int {
        if case .list(let known) = fields.action(field, in: node) { return known }
        nodeLast += 1
        let isSplit = metric.labels.allSatisfy { $0 < .organization }
        levels.append(Level(node: nodeLast, labels: metric.labels, isSplit: isSplit))
        for (slot, label) in metric.labels.enumerated() {
            fields.add(label.field, in: nodeLast, .label(slot))
        }
        fields.add(field, in: node, .list(levels.count - 1))
        return levels.count - 1
    }
}
