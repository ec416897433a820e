import Domain

extension Scenario {
    /// Scenarios in which connections and downloads fail.
    static let transfers = [
        Scenario("expired-links", "Each report link is refused once, as if it had expired.") {
            _, configuration in
            configuration.faults.append(
                Fault(
                    on: [.download], .firstOfEach(1),
                    .answers(
                        .storageRefusal(
                            403, code: "AuthenticationFailed",
                            message: "Signature not valid in the specified time frame."))))
        },
        Scenario(
            "broken-connections",
            "The connection breaks in place of every fifth response of GitHub's API."
        ) { _, configuration in
            configuration.faults.append(Fault(.every(5), .breaksOff(after: 0)))
        },
        Scenario("broken-downloads", "The connection breaks in the middle of each file, once.") {
            _, configuration in
            configuration.faults.append(
                Fault(on: [.download], .firstOfEach(1), .breaksOff(after: 100)))
        },
        Scenario(
            "silent-calls",
            "GitHub never responds to the first three requests for the first organization's users "
                + "report."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.usersReport], organization: world.organizations.first?.login, .first(3),
                    .fallsSilent(after: nil)))
        },
        Scenario(
            "stalled-downloads",
            "The first six downloads of each of the first organization's users files stall."
        ) { world, configuration in
            configuration.faults.append(
                Fault(
                    on: [.download], organization: world.organizations.first?.login,
                    source: .users, .firstOfEach(6), .fallsSilent(after: 100)))
        },
        Scenario("damaged-downloads", "A digit of each file is damaged in transit, once.") {
            _, configuration in
            configuration.faults.append(Fault(on: [.download], .firstOfEach(1), .damages))
        },
        Scenario("bad-lines", "Every third file ends with a line that is not JSON.") {
            _, configuration in
            configuration.faults.append(
                Fault(on: [.download], .every(3), .appends(Array("{\"day\":\"2026-\n".utf8))))
        },
    ]
}
