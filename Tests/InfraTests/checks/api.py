"""The description of the JSON documents, and a running console that is asked what it allows and what it does not."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator

from browser import LIMIT, played, serving

NEWEST = "2026-04-18"
SEED = "20260418"


class API(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            cls.folder = stack.enter_context(tempfile.TemporaryDirectory())
            settings = played(
                os.path.join(cls.folder, "demo"), "--organizations", "2", "--users", "4", "--days", "3", "--last-day", NEWEST)
            cls.address = stack.enter_context(serving("console", "--env-file", settings))
            cls.stack = stack.pop_all()

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def get(self, path: str) -> dict:
        with urllib.request.urlopen(self.address + path, timeout=LIMIT) as reply:
            self.assertEqual(reply.headers["content-type"], "application/json")
            return json.load(reply)

    def test_description_is_valid_and_complete(self):
        described = self.get("/api/openapi.json")
        self.assertEqual(described["openapi"], "3.1.0")
        OpenAPIV31SpecValidator(described).validate()
        self.assertEqual(set(described["paths"]), {
            f"/api/{name}" for name in ("organizations", "days", "events", "series", "people", "checks", "openapi.json")})

    def test_console_keeps_to_its_description(self):
        # The state of a demo is there, so the answers are not empty.
        self.assertEqual(len(self.get("/api/organizations")["organizations"]), 3)
        self.assertGreater(len(self.get("/api/days")["manifests"]), 0)
        self.assertGreater(len(self.get("/api/events")["attempts"]), 0)
        self.assertGreater(len(self.get("/api/people?organization=acme")["people"]), 0)
        settings = os.path.join(self.folder, "schemathesis.toml")
        metric = "github_copilot_org_daily_active_users"
        with open(settings, "w") as file:
            # Now and then a request that finds something, beside all that does not.
            file.write('[[operations]]\ninclude-path = "/api/people"\nparameters = { organization = ["acme", "none"] }\n')
            file.write(f'[[operations]]\ninclude-path = "/api/series"\nparameters = {{ organization = ["acme", "none"], metric = ["{metric}", "none"] }}\n')
        outcome = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "--config-file", settings, "run",
             f"{self.address}/api/openapi.json", "--seed", SEED, "--max-examples", "25", "--workers", "1",
             "--generation-database", "none", "--no-color", "--request-timeout", str(LIMIT),
             "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
                         "response_schema_conformance,unsupported_method",
             "--phases", "examples,coverage,fuzzing"],
            timeout=5 * LIMIT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder)
        self.assertEqual(outcome.returncode, 0, outcome.stdout[-5_000:])


if __name__ == "__main__":
    unittest.main()
