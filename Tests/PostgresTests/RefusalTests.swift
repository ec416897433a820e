import Domain
import Fakes
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

@Suite("An unusable database", .timeLimit(.minutes(5)))
struct RefusalTests {
    @Test(
        "reports a wrong password, a missing user, a missing database and an absent server differently"
    )
    func connecting() async throws {
        try await PostgresServer.with { server in
            let login = "\(PostgresServer.user):\(PostgresServer.escapedPassword)"
            let cases: [(String, Failure.Code, String)] = [
                (
                    server.url().replacing(login, with: "\(PostgresServer.user):wrong-planted"),
                    .misconfigured, "check the user, the password"
                ),
                (
                    server.url().replacing(login, with: "nobody:wrong-planted"), .misconfigured,
                    "check the user, the password"
                ),
                (server.url("missing"), .misconfigured, "create the database"),
                (
                    server.url().replacing(":\(server.port)/", with: ":\(try freePort())/"),
                    .unavailable, "cannot be reached"
                ),
                (
                    server.url(query: "sslmode=require"), .misconfigured, "sslmode"
                ),
            ]
            for (url, code, words) in cases {
                let failure = try await failure(of: try impatientDatabase(url))
                #expect(failure.code == code, "\(failure)")
                #expect(failure.message.contains(words), "\(failure)")
                #expect(failure.message.contains("STATE_STORE"), "\(failure)")
                #expect(!failure.message.contains("planted"), "\(failure)")
            }
        }
    }

    @Test("accepts only certificates of the trusted authority for the right name")
    func encryption() async throws {
        try await withTemporaryFolder { folder in
            for authority in ["ours", "theirs"] {
                try await openssl(
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=\(authority)", "-keyout", "\(folder)/\(authority).key", "-out",
                    "\(folder)/\(authority).pem")
            }
            try await openssl(
                "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost", "-keyout", "\(folder)/server.key", "-out",
                "\(folder)/server.csr")
            try await openssl(
                "x509", "-req", "-days", "2", "-copy_extensions", "copy", "-in",
                "\(folder)/server.csr", "-CA", "\(folder)/ours.pem", "-CAkey",
                "\(folder)/ours.key", "-CAcreateserial", "-out", "\(folder)/server.pem")
            let certificate = PostgresServer.Certificate(
                path: "\(folder)/server.pem", keyPath: "\(folder)/server.key")
            try await PostgresServer.with(certificate: certificate) { server in
                func url(_ host: String, _ authority: String) -> String {
                    server.url(
                        host: host,
                        query: "sslmode=verify-full&sslrootcert=\(folder)/\(authority).pem")
                }
                let store = PostgresStore(
                    try database(url("localhost", "ours")), clock: ManualClock(noon))
                try await store.put([1], for: key("k"), if: .always)
                #expect(
                    try await server.sql("SELECT count(*) FROM pg_stat_ssl WHERE ssl") != "0\n")

                for (host, authority) in [
                    ("localhost", "theirs"), ("127.0.0.1", "ours"), ("localhost", "missing"),
                ] {
                    let failure = try await failure(
                        of: try impatientDatabase(url(host, authority)))
                    #expect(failure.code == .misconfigured, "\(failure)")
                    #expect(failure.message.contains("sslrootcert"), "\(failure)")
                }
            }
        }
    }

    private func openssl(_ arguments: String...) async throws {
        let outcome = try await ChildProcess.outcome(of: "openssl", arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
}
