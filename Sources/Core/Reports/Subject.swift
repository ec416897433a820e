import Domain
import JSONTape

/// The subject of a record: the key that tells it from others, and the labels of all its samples.
struct Subject {
    /// The labels that identify the subject, by slot.
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
        let nonIdentifying: [Label] =
            scope.source == .users && identity.mode == .full ? [.userEmail, .userName] : []
        labels = ([.organization] + slots + nonIdentifying).sorted()
        organization = Array(scope.organization.description.utf8)
        self.identity = identity
        self.members = members
    }

    /// The key of the subject: the user, the user and team, or one key for the organization.
    ///
    /// - Returns: The key, or nil if the record must name a user and does not.
    func key(of record: borrowing RecordBuffer, _ tape: borrowing Tape) -> UInt64? {
        var key = Fingerprint.zero
        for (slot, label) in slots.enumerated() {
            let part = record.labels[slot].withText(tape) { Fingerprint(foldingCase: $0) }
            if label == .userLogin {
                guard let part else { return nil }
                // The number identifies the user if there is one, because logins change.
                if !value(of: .userID, record).isNone { continue }
                key = key.mixed(with: part)
            } else {
                key = key.mixed(with: part ?? .zero)
            }
        }
        return key.low
    }

    /// Adds the block of labels that all samples of the record have.
    func addBlock(
        of record: borrowing RecordBuffer, _ tape: borrowing Tape, to batch: inout SampleBatch
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

    private func member(_ record: borrowing RecordBuffer, _ tape: borrowing Tape) -> Int? {
        guard labels.contains(.userEmail) else { return nil }
        let id = value(of: .userID, record).number(tape)
        return value(of: .userLogin, record).withText(tape) { members.place(id: id, login: $0) }
            ?? nil
    }

    // From the number, or else the login, so that a person has one pseudonym in users and teams.
    // Without a number there is no label `user_id`.
    private func addPseudonym(
        _ label: Label, _ record: borrowing RecordBuffer, _ tape: borrowing Tape,
        to batch: inout SampleBatch
    ) {
        let id = value(of: .userID, record).withText(tape) { String(copying: $0) }
        if label == .userID, id == nil { return }
        let login = value(of: .userLogin, record).withText(tape) { text in
            String(copying: text).lowercased()
        }
        batch.addLabel(label, identity.pseudonym(id.map { "id:\($0)" } ?? "login:\(login ?? "")"))
    }

    private func value(of label: Label, _ record: borrowing RecordBuffer) -> LabelValue {
        guard let slot = slots.firstIndex(of: label) else { return .none }
        return record.labels[slot]
    }
}
