import Deployment
import Domain
import GitHubSimulator
import Host
import Ports

/// A simulated GitHub as the command line describes it, with a registered App.
struct SimulatorSetup: Sendable {
    var configuration: SimulatorConfiguration
    var world: World

    /// Registers an App on a world without a scenario.
    ///
    /// - Parameters:
    ///   - callbackURL: Where authorizations return to.
    ///   - seed: What tokens and codes are made from.
    ///   - world: What GitHub knows.
    ///   - consent: How the person decides.
    /// - Throws: `misconfigured` if no key can be made.
    init(callbackURL: String, seed: UInt64, world: World, consent: Consent) throws(Failure) {
        let entropy = SystemPorts.entropy
        let secret = entropy.bytes(20).map { String($0, radix: 16) }.joined()
        configuration = SimulatorConfiguration(
            app: RegisteredApp(
                clientSecret: Secret(secret), callbackURLs: [callbackURL],
                privateKey: RegisteredApp.makePrivateKey()),
            consent: consent, seed: seed)
        self.world = world
    }

    /// Applies a scenario.
    mutating func apply(_ scenario: Scenario) { scenario.apply(to: &world, &configuration) }

    /// The variables with which the functions find this GitHub.
    ///
    /// - Parameter addresses: Where it listens.
    /// - Returns: Values by name.
    func variables(at addresses: SimulatorAddresses) -> [String: String] {
        var variables: [Variable: String] = [
            .gitHubAPIURL: addresses.api, .gitHubServerURL: addresses.api,
            .reportHosts: addresses.reportHost,
        ]
        if let app = configuration.app {
            let values = Variable.values(
                id: app.id, clientID: app.clientID, clientSecret: app.clientSecret, slug: app.slug,
                privateKey: app.privateKey)
            variables.merge(values) { $1 }
        }
        if let enterprise = world.enterprises.first, let token = enterprise.tokens.first {
            variables[.enterprise] = enterprise.slug
            variables[.billingToken] = token.secret.reveal { $0 }
        }
        return variables.byName
    }

    /// Generated organizations, and the recorded one.
    ///
    /// - Parameters:
    ///   - size: How many organizations and users, and what they are made up from.
    ///   - collected: The days that will be collected; the recorded days are moved to their end.
    ///   - days: The days that there is something of.
    /// - Returns: The world.
    /// - Throws: `misconfigured` if the recorded organization cannot be read.
    static func world(
        _ size: WorldOptions, around collected: ClosedRange<Day>, days: ClosedRange<Day>
    ) throws(Failure) -> World {
        var world = World.generated(
            organizations: size.organizations, users: size.users, seed: size.seed,
            firstDay: days.lowerBound, lastDay: days.upperBound)
        guard let folder = size.recorded else {
            world.add(try .recorded(lastDay: collected.upperBound))
            return world
        }
        do throws(Failure) {
            world.add(try .recorded(directory: folder))
        } catch {
            throw Failure(.misconfigured, "--recorded: \(error.message).")
        }
        return world
    }
}
