#pragma once
#include <postgresql/libpq-fe.h>

// Loads libpq. Returns null, or the loader's message. Call it before any function of libpq. Not
// thread-safe.
const char *cpostgres_load(void);
