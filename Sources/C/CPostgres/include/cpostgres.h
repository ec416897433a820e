#pragma once
#include <postgresql/libpq-fe.h>

// Loads libpq. Returns null, or what is missing; no function of libpq's may be called before. Not for
// two threads at a time.
const char *cpostgres_load(void);
