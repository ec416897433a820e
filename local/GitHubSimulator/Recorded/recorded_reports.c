// The files become part of the program, so that it finds them wherever it is started.
#include "recorded_reports.h"

// #embed is of C23; clang knows it in every dialect.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char organization[] = {
#embed "octodemo/organization-1-day/2026-03-29.ndjson"
,
#embed "octodemo/organization-1-day/2026-03-30.ndjson"
,
#embed "octodemo/organization-1-day/2026-03-31.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-01.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-02.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-03.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-04.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-05.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-06.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-07.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-08.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-09.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-10.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-11.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-12.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-13.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-14.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-15.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-16.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-17.ndjson"
,
#embed "octodemo/organization-1-day/2026-04-18.ndjson"
};

static const unsigned char users[] = {
#embed "octodemo/users-1-day/2026-03-29.ndjson"
,
#embed "octodemo/users-1-day/2026-03-30.ndjson"
,
#embed "octodemo/users-1-day/2026-03-31.ndjson"
,
#embed "octodemo/users-1-day/2026-04-01.ndjson"
,
#embed "octodemo/users-1-day/2026-04-02.ndjson"
,
#embed "octodemo/users-1-day/2026-04-03.ndjson"
,
#embed "octodemo/users-1-day/2026-04-04.ndjson"
,
#embed "octodemo/users-1-day/2026-04-05.ndjson"
,
#embed "octodemo/users-1-day/2026-04-06.ndjson"
,
#embed "octodemo/users-1-day/2026-04-07.ndjson"
,
#embed "octodemo/users-1-day/2026-04-08.ndjson"
,
#embed "octodemo/users-1-day/2026-04-09.ndjson"
,
#embed "octodemo/users-1-day/2026-04-10.ndjson"
,
#embed "octodemo/users-1-day/2026-04-11.ndjson"
,
#embed "octodemo/users-1-day/2026-04-12.ndjson"
,
#embed "octodemo/users-1-day/2026-04-13.ndjson"
,
#embed "octodemo/users-1-day/2026-04-14.ndjson"
,
#embed "octodemo/users-1-day/2026-04-15.ndjson"
,
#embed "octodemo/users-1-day/2026-04-16.ndjson"
,
#embed "octodemo/users-1-day/2026-04-17.ndjson"
,
#embed "octodemo/users-1-day/2026-04-18.ndjson"
};

struct recorded_reports recorded_organization_reports(void) {
    return (struct recorded_reports){organization, sizeof organization};
}

struct recorded_reports recorded_users_reports(void) {
    return (struct recorded_reports){users, sizeof users};
}
