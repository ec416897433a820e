extension Sequence {
    /// Puts together what is alike; a dictionary would lose the order.
    ///
    /// - Parameter key: What is the same of elements that are alike.
    /// - Returns: The groups in the order of their first elements, each in the sequence's order.
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
