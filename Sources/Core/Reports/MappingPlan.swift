import Domain
import Synchronization

/// The metrics of one source, arranged as its JSON is nested.
///
/// It is derived from ``Catalogue/metrics``, which is the only description of the mapping: each field
/// that is a metric or one of its labels has an action, and every other field is skipped.
struct MappingPlan: Sendable {
    /// What to do with a field.
    enum Action: Hashable, Sendable {
        /// Store the number in this slot of the level.
        case value(Int)
        /// Store the text or whole number in this label slot of the level.
        case label(Int)
        /// Read the object with the fields of this node, at the same level.
        case object(Int)
        /// Read each object of the list as an entry of this level.
        case list(Int)
        /// Compare the record's day.
        case day
        /// Skip the field, which is documented and not a metric.
        case documented
    }

    /// A record, or an entry of a list in one: the unit that samples are made of.
    struct Level: Sendable {
        /// The node of the level's own fields.
        var node: Int
        /// The metric of each value slot.
        var metrics: [MetricID] = []
        /// The label of each label slot, in the order of ``Label``.
        var labels: [Label]
        /// Whether all labels sort before the organization's and can be a block of their own.
        ///
        /// If not, all labels of a series form one block.
        var isSplit: Bool
    }

    /// What to do with each field, by node and name; the record's node is 0.
    private(set) var fields = FieldTable()
    /// The levels; the first is the record's.
    private(set) var levels: [Level]
    /// The metrics that are 1 for each record.
    private(set) var constants: [MetricID] = []
    private var nodeLast = 0

    private struct Key: Hashable {
        let source: Source
        let subject: [Label]
    }

    private static let made = Mutex<[Key: MappingPlan]>([:])

    /// The arrangement of a source's metrics, made once: it takes longer than to read a small file.
    static func of(_ source: Source, subject: [Label]) -> MappingPlan {
        let key = Key(source: source, subject: subject)
        return made.withLock { plans in
            if let plan = plans[key] { return plan }
            let plan = MappingPlan(source: source, subject: subject)
            plans[key] = plan
            return plan
        }
    }

    /// The number of nodes.
    var nodeCount: Int { nodeLast + 1 }

    /// Arranges the metrics of a source.
    ///
    /// - Parameters:
    ///   - source: One of ``Source/reports``.
    ///   - subject: The labels that identify a record's subject.
    init(source: Source, subject: [Label]) {
        levels = [Level(node: 0, labels: subject, isSplit: true)]
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
                $0.metrics.count <= RecordBuffer.valueCountMax
                    && $0.labels.count <= RecordBuffer.labelCountMax
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

    // The lists and objects around it contain metrics, so they were added before.
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
