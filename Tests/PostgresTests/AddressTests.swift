import Domain
import Ports
import Postgres
import TestSupport
import Testing

@Suite("The address of a database", .timeLimit(.minutes(5)))
struct AddressTests {
    @Test(
        "is refused with the variable and a remedy, without quoting the value",
        arguments: [
            "postgres://u:pl@nted@host/db", "postgres://u:pl/nted@host/db",
            "postgres://u:pl#nted@host/db", "postgres://u:pl?nted@host/db",
            "postgres://u:password@host:port/db", "postgres://u:password@host:99999/db",
            "postgres://u:password@host/db?sslmodee=require",
            "postgres://u:password%ZZ@host/db", "postgres://u:password@[::1/db",
        ])
    func refused(url: String) {
        let failure = #expect(throws: Failure.self) {
            try PostgresAddress(url, variable: "EVENT_BUS")
        }
        #expect(failure?.code == .misconfigured)
        let message = failure?.message ?? ""
        #expect(message.hasPrefix("EVENT_BUS "), "\(message)")
        for word in ["nted", "pl@", "pl/", "pl?", "pl#"] {
            #expect(!message.contains(word), "\(message)")
        }
    }

    @Test(
        "is accepted in every form that libpq supports",
        arguments: [
            "postgres://", "postgres://host", "postgresql://u@host/db", "postgres:///db",
            "postgres://u:p%40ss@a:5432,b:5433/db?target_session_attrs=read-write",
            "postgres://u:p@[::1]:5432/db?sslmode=verify-full&sslrootcert=/ca.pem",
            "postgres:///db?host=/var/run/postgresql",
        ])
    func taken(url: String) throws {
        let address = try PostgresAddress(url, variable: "STATE_STORE")
        #expect(address.description.hasPrefix("STATE_STORE: PostgreSQL at "))
    }

    @Test(
        "reports whether the connection is authenticated",
        arguments: [
            ("postgres:///db", true), ("postgres://u:p@localhost/db", true),
            ("postgres://127.0.0.1:5433/db", true), ("postgres://[::1]/db", true),
            ("postgres:///db?host=/run/postgresql", true),
            ("postgres://db.example/db?sslmode=verify-full", true),
            ("postgres://db.example/db", false), ("postgres://localhost,db.example/db", false),
            ("postgres://db.example/db?sslmode=require", false),
        ])
    func guarded(url: String, isGuarded: Bool) throws {
        #expect(try PostgresAddress(url, variable: "STATE_STORE").isGuarded == isGuarded)
    }

    @Test("prints neither user nor password")
    func secrecy() throws {
        let address = try PostgresAddress(
            "postgres://someone:planted@host/db?password=planted", variable: "STATE_STORE")
        var shown = "\(address)"
        dump(address, to: &shown)
        #expect(!shown.contains("planted") && !shown.contains("someone"), "\(shown)")
        #expect(shown.contains("host"))
    }
}
