// The recorded reports of a real organization, part of the program: see octodemo/README.md.
#pragma once
#include <stddef.h>

struct recorded_reports {
    const unsigned char *bytes; // NDJSON, the records of all days in order
    size_t count;
};

struct recorded_reports recorded_organization_reports(void);
struct recorded_reports recorded_users_reports(void);
