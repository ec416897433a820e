import Deployment
import Domain
import Host
import Ports
import Runner

/// What a recording needs of the settings, and what playing it needs in their place.
enum Recording {
    /// Begins a recording in `folder`.
    ///
    /// - Parameters:
    ///   - folder: Where.
    ///   - environment: The process's variables.
    ///   - file: The variables of `--env-file`.
    /// - Returns: The folder, with a scrubber that knows every secret of the settings.
    /// - Throws: `misconfigured` if there is a recording already or nothing can be written.
    static func begin(
        _ folder: String, environment: [String: String], file: [String: String]
    ) throws(Failure) -> RecordingFolder {
        let scrubber = Scrubber(hashing: SystemPorts.hashing)
        var settings: [String: String] = [:]
        for variable in Variable.allCases {
            let name = variable.rawValue
            guard let value = environment[name] ?? file[name], !value.isEmpty else { continue }
            // A secret's stand-in is the name of its variable: that is how it is played.
            if variable.isSecret { scrubber.learn(value, as: name) }
            settings[name] = variable.isSecret ? name : value
        }
        return try RecordingFolder(newAt: folder, settings: settings, scrubber: scrubber)
    }

    /// The settings that a recording is played under.
    ///
    /// - Parameters:
    ///   - recorded: The settings that it was made under.
    ///   - environment: The process's variables; of these only the keys of the store are looked
    ///     at, because pseudonyms of people are made with them.
    /// - Returns: Settings that lack nothing; where a secret was there is its stand-in.
    /// - Throws: `misconfigured` if the recording's settings are not right in this version.
    static func settings(
        _ recorded: [String: String], environment: [String: String]
    ) throws(Failure) -> Settings {
        var values = recorded
        for variable in [
            Variable.stateStore, .eventBus, .metricsSink, .privateKeyFile, .curlCABundle,
            .sslCertFile,
        ] {
            values[variable.rawValue] = nil
        }
        let keys = environment[Variable.encryptionKeys.rawValue]
        // Nothing is sealed with it: the vault is the recording's.
        values[Variable.encryptionKeys.rawValue] = keys ?? String(repeating: "A", count: 43) + "="
        values[Variable.privateKey.rawValue] = "stand-in"
        return try Settings(environment: values, defaults: .local)
    }

    /// Adapters that reach nothing but the ports of a recording.
    static func adapters(_ ports: FunctionPorts) -> Adapters {
        .replaying(
            transport: ports.transport, store: ports.store, sink: ports.sink, clock: ports.clock,
            entropy: ports.entropy, vault: ports.vault)
    }
}
