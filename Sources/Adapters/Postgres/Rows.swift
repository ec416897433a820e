import CPostgres
import Domain

/// What a statement gave, in the server's binary form, read by row and column from 0.
@safe final class Rows {
    // Is freed with this object, and nothing that is read from it outlives a call.
    private let result: OpaquePointer

    /// Takes over a result of libpq.
    init(_ result: OpaquePointer) { unsafe self.result = unsafe result }

    deinit { unsafe PQclear(result) }

    /// How many rows there are.
    var count: Int { unsafe Int(PQntuples(result)) }

    /// How many rows the statement changed.
    var changedCount: Int { unsafe Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// The five characters of the error; nil if there was none.
    var sqlState: String? {
        // The field is libpq's and is copied at once.
        unsafe PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map {
            unsafe String(cString: $0)
        }
    }

    /// The server's sentence about the error.
    var complaint: String {
        unsafe PQresultErrorField(result, Int32(UInt8(ascii: "M")))
            .map { unsafe String(cString: $0) } ?? "the server says nothing"
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

    /// A number of any width, or a truth as 0 or 1; nil for NULL.
    func number(_ row: Int, _ column: Int) -> Int64? {
        guard let bytes = bytes(row, column), let first = bytes.first else { return nil }
        // Shorter numbers keep their sign; a truth has no sign bit.
        let start: Int64 = first >= 0x80 ? -1 : 0
        return bytes.reduce(start) { $0 << 8 | Int64($1) }
    }

    /// A moment; nil for NULL.
    func moment(_ row: Int, _ column: Int) -> Timestamp? {
        number(row, column).map(Timestamp.init(microsecondsSince2000:))
    }
}
