#include "cpostgres.h"
#include "lazy_library.h"

#define FUNCTIONS(FUNCTION, VARIADIC) \
    FUNCTION(PGconn *, PQconnectStart, (const char *address), (address)) \
    FUNCTION(PostgresPollingStatusType, PQconnectPoll, (PGconn *connection), (connection)) \
    FUNCTION(void, PQfinish, (PGconn *connection), (connection)) \
    FUNCTION(PQconninfoOption *, PQconninfoParse, \
             (const char *address, char **error), \
             (address, error)) \
    FUNCTION(void, PQconninfoFree, (PQconninfoOption *options), (options)) \
    FUNCTION(ConnStatusType, PQstatus, (const PGconn *connection), (connection)) \
    FUNCTION(PGTransactionStatusType, PQtransactionStatus, \
             (const PGconn *connection), \
             (connection)) \
    FUNCTION(char *, PQerrorMessage, (const PGconn *connection), (connection)) \
    FUNCTION(int, PQsocket, (const PGconn *connection), (connection)) \
    FUNCTION(int, PQbackendPID, (const PGconn *connection), (connection)) \
    FUNCTION(PGVerbosity, PQsetErrorVerbosity, \
             (PGconn *connection, PGVerbosity verbosity), \
             (connection, verbosity)) \
    FUNCTION(PQnoticeProcessor, PQsetNoticeProcessor, \
             (PGconn *connection, PQnoticeProcessor note, void *context), \
             (connection, note, context)) \
    FUNCTION(int, PQsetnonblocking, (PGconn *connection, int is_wanted), (connection, is_wanted)) \
    FUNCTION(int, PQsendQuery, (PGconn *connection, const char *query), (connection, query)) \
    FUNCTION(int, PQsendQueryParams, \
             (PGconn *connection, const char *query, int count, const Oid *types, const char \
              *const *values, const int *lengths, const int *formats, int format), \
             (connection, query, count, types, values, lengths, formats, format)) \
    FUNCTION(int, PQflush, (PGconn *connection), (connection)) \
    FUNCTION(int, PQconsumeInput, (PGconn *connection), (connection)) \
    FUNCTION(int, PQisBusy, (PGconn *connection), (connection)) \
    FUNCTION(PGresult *, PQgetResult, (PGconn *connection), (connection)) \
    FUNCTION(void, PQclear, (PGresult *result), (result)) \
    FUNCTION(ExecStatusType, PQresultStatus, (const PGresult *result), (result)) \
    FUNCTION(char *, PQresultErrorField, (const PGresult *result, int field), (result, field)) \
    FUNCTION(int, PQntuples, (const PGresult *result), (result)) \
    FUNCTION(Oid, PQftype, (const PGresult *result, int column), (result, column)) \
    FUNCTION(char *, PQcmdTuples, (PGresult *result), (result)) \
    FUNCTION(char *, PQgetvalue, \
             (const PGresult *result, int row, int column), \
             (result, row, column)) \
    FUNCTION(int, PQgetlength, \
             (const PGresult *result, int row, int column), \
             (result, row, column)) \
    FUNCTION(int, PQgetisnull, \
             (const PGresult *result, int row, int column), \
             (result, row, column))

LAZY_LIBRARY(cpostgres_load, "libpq.so.5", "postgres", FUNCTIONS)
