import Postgres

/// The databases that settings name, each once: a store and a bus in one database share its
/// connections.
struct Databases {
    private var opened: [PostgresAddress: PostgresDatabase] = [:]

    /// Knows which variables lead to one database; nothing is connected to.
    init(_ settings: Settings) {
        guard case .postgres(let state) = settings.stateStore,
            case .postgres(let bus) = settings.eventBus, state == bus
        else { return }
        // What goes wrong there is for both variables to be put right.
        opened[state] = PostgresDatabase(state.alsoNamed(by: bus))
    }

    /// The database at an address.
    subscript(address: PostgresAddress) -> PostgresDatabase {
        mutating get {
            if let database = opened[address] { return database }
            let database = PostgresDatabase(address)
            opened[address] = database
            return database
        }
    }
}
