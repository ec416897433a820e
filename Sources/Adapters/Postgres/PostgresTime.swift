import Domain

/// The clock that decides in a database what is due and what has expired.
public enum PostgresTime: Sendable {
    /// The database's, so that machines whose clocks differ agree.
    case database
    /// The clock that the adapter was given, which may be virtual.
    case given
}

/// The present, as statements know it.
struct Present: Sendable {
    let time: Timestamp
    let judge: PostgresTime

    /// The given clock's time.
    var parameter: Parameter { .moment(time) }

    /// SQL for the present.
    ///
    /// It is stable within a statement, so that an index can find what is due.
    ///
    /// - Parameter parameter: The placeholder of ``parameter``.
    func now(_ parameter: String) -> String {
        switch judge {
        case .database: "statement_timestamp()"
        case .given: parameter
        }
    }

    /// SQL for a moment that was computed by the given clock.
    ///
    /// By the database's clock, it is as far from the present as it was by the given one.
    ///
    /// - Parameter now: The placeholder of ``parameter``.
    func moment(_ moment: String, now: String) -> String {
        switch judge {
        case .database: "\(moment)::timestamptz + (statement_timestamp() - \(now)::timestamptz)"
        case .given: moment
        }
    }
}
