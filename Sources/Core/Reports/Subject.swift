import Domain

/// Says whose a record is: what tells it from others, and the labels that all its samples have.
struct Subject {
    /// The labels that say who a record is about, by slot.
    let slots: [Label]
    // The labels of all samples of a record.
    private let labels: [Label]
    private let organization: [UInt8]
    private let identity: Identity
    private let members: MemberTable

    init(scope: SampleScope, identity: Identity, members: MemberTable) {
        slots =
            switch scope.source {
            case .users: [.userID, .userLogin]
            case .userTeams: [.teamID, .teamSlug, .userID, .userLogin]
            case .organization, .billing, .members: []
            }
        let decoration: [Label] =
            scope.source == .users && identity.mode == .full ? [.userEmail, .userName] : []
        labels = ([.organization] + slots + decoration).sorted()
        organization = Array(scope.organization.description.utf8)
        self.identity = identity
        self.members = members
    }

    /// What makes two records the same: the user, the user and team, or being the only one.
    ///
    /// - Returns: Nil for a record that must name a user and does not.
    func key(of record: borrowing Gathered, _ tape: borrowing Tape) -> UInt64? {
        var key = Fingerprint.zero
        for (slot, label) in slots.enumerated() {
            let part = record.labels[slot].withText(tape) { Fingerprint(foldingCase: $0) }
            if label == .userLogin {
                guard let part else { return nil }
                // The number tells users apart when there is one; logins change.
                if !value(of: .userID, record).isNone { continue }
                key = key.mixed(with: part)
            } else {
                key = key.mixed(with: part ?? .zero)
            }
        }
        return key.low
    }

    /// Adds the block of labels that all samples of a record have.
    func addBlock(
        of record: borrowing Gathered, _ tape: borrowing Tape, to batch: inout SampleBatch
    ) -> SampleBatch.BlockID {
        let member = member(record, tape)
        let isPseudonym = identity.mode == .pseudonym
        for label in labels {
            switch label {
            case .organization:
                batch.addLabel(label, organization.span)
            case .userEmail, .userName:
                if let member { members.addLabel(label, of: member, to: &batch) }
            case .userID where isPseudonym, .userLogin where isPseudonym:
                addPseudonym(label, record, tape, to: &batch)
            default:
                value(of: label, record).add(as: label, tape, to: &batch)
            }
        }
        return batch.endBlock()
    }

    private func member(_ record: borrowing Gathered, _ tape: borrowing Tape) -> Int? {
        guard labels.contains(.userEmail) else { return nil }
        let id = value(of: .userID, record).number(tape)
        return value(of: .userLogin, record).withText(tape) { members.place(id: id, login: $0) }
            ?? nil
    }

    // The same person has the same pseudonym in users and teams: by number, else by login. The
    // label `user_id` stays absent where GitHub reports no number.
    private func addPseudonym(
        _ label: Label, _ record: borrowing Gathered, _ tape: borrowing Tape,
        to batch: inout SampleBatch
    ) {
        let id = value(of: .userID, record).withText(tape) { String(copying: $0) }
        if label == .userID, id == nil { return }
        let login = value(of: .userLogin, record).withText(tape) { text in
            String(copying: text).lowercased()
        }
        batch.addLabel(label, identity.pseudonym(id.map { "id:\($0)" } ?? "login:\(login ?? "")"))
    }

    private func value(of label: Label, _ record: borrowing Gathered) -> LabelValue {
        guard let slot = slots.firstIndex(of: label) else { return .none }
        return record.labels[slot]
    }
}
