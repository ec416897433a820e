extension Sequence {
    /// Groups the elements by a key, and keeps their order, which a dictionary would lose.
    ///
    /// - Returns: The groups in the order of their first elements. Elements of a group keep their
    ///   order.
    public func grouped<Key: Hashable>(
        by key: (Element) -> Key
    ) -> [(key: Key, elements: [Element])] {
        var places: [Key: Int] = [:]
        var groups: [(key: Key, elements: [Element])] = []
        for element in self {
            let key = key(element)
            if let place = places[key] {
                groups[place].elements.append(element)
            } else {
                places[key] = groups.count
                groups.append((key, [element]))
            }
        }
        return groups
    }
}
