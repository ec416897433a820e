import Postgres

/// The databases that settings name, each once: a store and a bus in one database share its
/// connections.
struct Databases {
    private var opened: [PostgresAddress: PostgresDatabase] = [:]

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
