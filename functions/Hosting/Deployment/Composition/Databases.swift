import Postgres

/// The databases that the settings name, without duplicates.
///
/// A store and a bus in one database share its connections.
struct Databases {
    private var opened: [PostgresAddress: PostgresDatabase] = [:]

    /// Finds the variables that name the same database, without connecting to it.
    init(_ settings: Settings) {
        guard case .postgres(let state) = settings.stateStore,
            case .postgres(let bus) = settings.eventBus, state == bus
        else { return }
        // Errors of this database name both variables, because both need correcting.
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
