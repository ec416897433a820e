"""The Knative manifests, against what its specifications say of each kind: no package brings their
schemas, so the fields that we use are restated here."""

import re
import unittest

import kubernetes_validate
from manifests import complaints_of_restricted, customized, documents, example_secrets, left_out, pod, workloads

FOLDER = "infra/knative"

# github.com/knative/specs: specs/eventing/control-plane.md and specs/serving/knative-api-specification-1.0.md;
# knative.dev/docs for the sources. What must be there, and what may.
FIELDS = {
    "eventing.knative.dev/v1 Broker": (set(), {"config", "delivery"}),
    "eventing.knative.dev/v1 Trigger": ({"broker", "subscriber"}, {"filter", "delivery"}),
    "sources.knative.dev/v1 PingSource": ({"sink"}, {"schedule", "timezone", "contentType", "data", "dataBase64", "ceOverrides"}),
    "sources.knative.dev/v1 SinkBinding": ({"subject", "sink"}, {"ceOverrides"}),
    "serving.knative.dev/v1 Service": ({"template"}, {"traffic"}),
}
DELIVERY = {"retry", "backoffPolicy", "backoffDelay", "deadLetterSink", "timeout"}
# Fields of a revision besides those of a pod that Serving lets through.
REVISION = {"containers", "containerConcurrency", "timeoutSeconds", "responseStartTimeoutSeconds", "enableServiceLinks", "volumes", "serviceAccountName"}
CONTAINER = {"name", "image", "args", "command", "env", "envFrom", "ports", "readinessProbe", "livenessProbe",
             "resources", "securityContext", "volumeMounts"}


class Knative(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manifests = customized(FOLDER)
        cls.there = {(one["apiVersion"], one["kind"], one["metadata"]["name"]) for one in cls.manifests}

    def of_kind(self, kind: str) -> list[dict]:
        return [one for one in self.manifests if one["kind"] == kind]

    def test_fields_are_known(self):
        for one in self.manifests:
            kind = f"{one['apiVersion']} {one['kind']}"
            with self.subTest(f"{kind} {one['metadata']['name']}"):
                if one["apiVersion"] == "v1":
                    kubernetes_validate.validate(one, kubernetes_validate.latest_version(), strict=True)
                    continue
                needed, allowed = FIELDS[kind]
                self.assertLessEqual(needed, set(one["spec"]))
                self.assertLessEqual(set(one["spec"]), needed | allowed)
                self.assertLessEqual(set(one["spec"].get("delivery", {})), DELIVERY)

    def test_nothing_is_left_out(self):
        self.assertEqual(left_out(FOLDER), set())

    def references(self, value) -> list[tuple[str, str, str]]:
        if isinstance(value, list):
            return [one for part in value for one in self.references(part)]
        if not isinstance(value, dict):
            return []
        here = [(value["apiVersion"], value["kind"], value["name"])] if {"apiVersion", "kind", "name"} <= set(value) else []
        return here + [one for part in value.values() for one in self.references(part)]

    def test_what_is_referred_to_is_there(self):
        found = [reference for one in self.manifests for reference in self.references(one.get("spec"))]
        self.assertGreater(len(found), 6)
        for reference in found:
            self.assertIn(reference, self.there)
        brokers = {one["metadata"]["name"] for one in self.of_kind("Broker")}
        for trigger in self.of_kind("Trigger"):
            self.assertIn(trigger["spec"]["broker"], brokers)

    def test_each_kind_of_event_has_one_function(self):
        routes = {one["spec"]["filter"]["attributes"]["type"]: one["spec"]["subscriber"]["ref"]["name"]
                  for one in self.of_kind("Trigger")}
        targets = {name: one["containers"][0]["args"] for name, one in workloads(self.manifests).items()}
        self.assertEqual(
            {kind: targets[name] for kind, name in routes.items()},
            {"dev.knative.sources.ping": ["onDailyTick"], "copilot-usage.tick": ["onDailyTick"],
             "copilot-usage.collect": ["onCollectOrg"]})
        self.assertEqual(len(routes), len(self.of_kind("Trigger")))

    def test_failures_are_tried_again_and_then_kept(self):
        (broker,) = self.of_kind("Broker")
        delivery = broker["spec"]["delivery"]
        self.assertGreaterEqual(delivery["retry"], 5)
        self.assertIn(delivery["backoffPolicy"], ("linear", "exponential"))
        self.assertRegex(delivery["backoffDelay"], re.compile(r"^PT(\d+H)?(\d+M)?(\d+(\.\d+)?S)?$"))
        self.assertIn("deadLetterSink", delivery)

    def test_tick_is_daily_and_answers_into_the_broker(self):
        (ping,) = self.of_kind("PingSource")
        minute, hour, *rest = ping["spec"]["schedule"].split()
        self.assertTrue(minute.isdigit() and hour.isdigit() and rest == ["*", "*", "*"])
        self.assertEqual(ping["spec"]["timezone"], "Etc/UTC")
        (binding,) = self.of_kind("SinkBinding")
        self.assertEqual(binding["spec"]["subject"]["name"], "on-daily-tick")
        self.assertEqual(binding["spec"]["sink"], ping["spec"]["sink"])

    def test_services_are_revisions_that_serving_takes(self):
        for service in self.of_kind("Service"):
            name, one = service["metadata"]["name"], pod(service)
            self.assertLessEqual(set(one), REVISION, name)
            self.assertEqual(complaints_of_restricted(one), [], name)
            (container,) = one["containers"]
            self.assertLessEqual(set(container), CONTAINER, name)
            self.assertLessEqual(len(container.get("ports", [])), 1, name)
            # Knative sets it, and refuses a Service that does.
            self.assertNotIn("PORT", [variable["name"] for variable in container.get("env", [])])
            self.assertIn("autoscaling.knative.dev/max-scale", service["spec"]["template"]["metadata"]["annotations"])

    def test_a_request_may_begin_to_respond_as_late_as_it_may_end(self):
        # Functions respond when they are done. Serving's webhook sets 300 where nothing is said.
        for service in self.of_kind("Service"):
            one = pod(service)
            end = one.get("timeoutSeconds", 300)
            start = one.get("responseStartTimeoutSeconds", min(300, end))
            self.assertEqual(start, end, service["metadata"]["name"])

    def test_only_the_authorization_pages_are_public(self):
        public = [one["metadata"]["name"] for one in self.of_kind("Service")
                  if one["metadata"].get("labels", {}).get("networking.knative.dev/visibility") != "cluster-local"]
        self.assertEqual(public, ["authorize"])

    def test_secrets_are_those_of_the_example(self):
        secrets = example_secrets()
        for name, one in workloads(self.manifests).items():
            for variable in one["containers"][0]["env"]:
                reference = variable["valueFrom"]["secretKeyRef"]
                self.assertIn(reference["key"], secrets[reference["name"]], name)

    def test_settings_are_those_of_kubernetes(self):
        (ours,) = self.of_kind("ConfigMap")
        theirs = documents("infra/kubernetes/settings.yaml")[0]
        self.assertEqual(ours["data"], theirs["data"])


if __name__ == "__main__":
    unittest.main()
