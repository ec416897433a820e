import CPostgres
import Domain

/// The result of a statement in the server's binary format.
///
/// Rows and columns count from 0.
@safe final class Rows {
    // Freed with this object. All values are copied.
    private let result: OpaquePointer

    /// Takes ownership of a result of libpq.
    init(_ result: OpaquePointer) { unsafe self.result = unsafe result }

    deinit { unsafe PQclear(result) }

    /// The number of rows.
    var count: Int { unsafe Int(PQntuples(result)) }

    /// The number of rows that the statement changed.
    var changedCount: Int { unsafe Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// The SQLSTATE of the error, five characters; nil if there is no error.
    var sqlState: String? {
        // libpq owns the field, which is copied here.
        unsafe PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map {
            unsafe String(cString: $0)
        }
    }

    /// The server's message about the error.
    var complaint: String {
        unsafe PQresultErrorField(result, Int32(UInt8(ascii: "M")))
            .map { unsafe String(cString: $0) } ?? "no message from the server"
    }

    /// Whether the statement succeeded.
    var isGood: Bool {
        let status = unsafe PQresultStatus(result)
        return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK
    }

    /// The bytes of a value; nil for NULL.
    func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        let (row, column) = (Int32(row), Int32(column))
        guard unsafe PQgetisnull(result, row, column) == 0,
            let start = unsafe PQgetvalue(result, row, column)
        else { return nil }
        let count = unsafe Int(PQgetlength(result, row, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A text; nil for NULL.
    func text(_ row: Int, _ column: Int) -> String? {
        bytes(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The types whose binary format is an integer: Booleans, integers and times.
    private static let numberTypes: Set<UInt32> = [16, 20, 21, 23, 1_184]

    /// An integer of any width, or a Boolean as 0 or 1; nil for NULL and for another type.
    func number(_ row: Int, _ column: Int) -> Int64? {
        guard unsafe Self.numberTypes.contains(PQftype(result, Int32(column))),
            let bytes = bytes(row, column),
            let first = bytes.first
        else { return nil }
        // Extends the sign of shorter integers.
        let start: Int64 = first >= 0x80 ? -1 : 0
        return bytes.reduce(start) { $0 << 8 | Int64($1) }
    }

    /// A time; nil for NULL.
    func moment(_ row: Int, _ column: Int) -> Timestamp? {
        number(row, column).map(Timestamp.init(microsecondsSince2000:))
    }
}
