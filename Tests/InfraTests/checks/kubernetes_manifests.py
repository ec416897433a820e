"""The Kubernetes manifests: Kubernetes' published schemas, the restricted Pod Security Standard, and
that what refers to something refers to something that is there."""

import unittest

import kubernetes_validate
from manifests import complaints_of_restricted, customized, documents, example_secrets, left_out, pod, workloads

FOLDER = "infra/kubernetes"
# The oldest that has everything we use without a feature gate (timeZone of a CronJob), and the newest
# that the schemas know.
VERSIONS = ["1.27", kubernetes_validate.latest_version()]


def selects(selector: dict, labels: dict) -> bool:
    return (selector.get("matchLabels") or {}).items() <= labels.items()


class Kubernetes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manifests = customized(FOLDER)
        cls.policies = [one for one in cls.manifests if one["kind"] == "NetworkPolicy"]
        cls.labels = {
            one["metadata"]["name"]: (one["spec"].get("template") or one["spec"]["jobTemplate"]["spec"]["template"])["metadata"]["labels"]
            for one in cls.manifests if pod(one)}

    def test_schemas(self):
        for manifest in self.manifests + documents(f"{FOLDER}/secret.example.yaml"):
            for version in VERSIONS:
                with self.subTest(f"{manifest['kind']} {manifest['metadata']['name']} {version}"):
                    kubernetes_validate.validate(manifest, version, strict=True)

    def test_a_misspelt_field_would_be_seen(self):
        (worker,) = [one for one in self.manifests if one["metadata"]["name"] == "worker"]
        wrong = {**worker, "spec": {**worker["spec"], "replica": 2}}
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)

    def test_only_the_example_is_left_out(self):
        self.assertEqual(left_out(FOLDER), {"secret.example.yaml"})

    def test_everything_is_ours_and_has_a_name_of_its_own(self):
        names = [(one["kind"], one["metadata"]["name"]) for one in self.manifests]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(set(workloads(self.manifests)), {"tick", "worker", "web"})

    def test_pods_are_restricted(self):
        (namespace,) = [one for one in self.manifests if one["kind"] == "Namespace"]
        self.assertEqual(namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "restricted")
        for name, one in workloads(self.manifests).items():
            self.assertEqual(complaints_of_restricted(one), [], name)
            self.assertFalse(one["automountServiceAccountToken"], "nothing here asks Kubernetes for anything")
            # Variables of services, such as WEB_PORT, are none of ours.
            self.assertFalse(one["enableServiceLinks"])

    def test_memory_is_bounded_and_processors_are_not_throttled(self):
        for name, one in workloads(self.manifests).items():
            resources = one["containers"][0]["resources"]
            self.assertEqual(set(resources["requests"]), {"cpu", "memory"}, name)
            self.assertEqual(set(resources["limits"]), {"memory"}, name)

    def test_volumes_config_maps_and_secrets_are_there(self):
        there = {(one["kind"], one["metadata"]["name"]): one for one in self.manifests}
        secrets = example_secrets()
        for name, one in workloads(self.manifests).items():
            (container,) = one["containers"]
            volumes = {volume["name"]: volume for volume in one.get("volumes", [])}
            for mount in container.get("volumeMounts", []):
                self.assertIn(("ConfigMap", volumes[mount["name"]]["configMap"]["name"]), there, name)
            for source in container["envFrom"]:
                self.assertIn(("ConfigMap", source["configMapRef"]["name"]), there, name)
            for variable in container["env"]:
                if "valueFrom" in variable:
                    reference = variable["valueFrom"]["secretKeyRef"]
                    self.assertIn(reference["key"], secrets[reference["name"]], name)
        tick = workloads(self.manifests)["tick"]["containers"][0]
        folder, file = tick["args"][-1].rsplit("/", 1)
        self.assertEqual(folder, tick["volumeMounts"][0]["mountPath"])
        self.assertIn(file, there["ConfigMap", "tick"]["data"])

    def test_browsers_reach_the_web_pages(self):
        by_kind = {one["kind"]: one for one in self.manifests}
        (container,) = workloads(self.manifests)["web"]["containers"]
        (port,) = container["ports"]
        service = by_kind["Service"]
        self.assertTrue(service["spec"]["selector"].items() <= self.labels["web"].items())
        self.assertEqual(service["spec"]["ports"][0]["targetPort"], port["name"])
        for probe in ("readinessProbe", "livenessProbe"):
            self.assertEqual(container[probe]["httpGet"], {"path": "/healthz", "port": port["name"]})
        (rule,) = by_kind["Ingress"]["spec"]["rules"]
        (path,) = rule["http"]["paths"]
        self.assertEqual(path["path"], "/authorize")
        self.assertEqual(path["backend"]["service"]["name"], service["metadata"]["name"])
        (settings,) = [one for one in self.manifests if one["metadata"]["name"] == "settings"]
        self.assertEqual(settings["data"]["PUBLIC_URL"], f"https://{rule['host']}")
        self.assertIn(rule["host"], by_kind["Ingress"]["spec"]["tls"][0]["hosts"])
        environment = {one["name"]: one.get("value") for one in container["env"]}
        self.assertEqual(environment["PORT"], str(port["containerPort"]))

    def test_selectors_select_their_own_pods(self):
        for one in self.manifests:
            if one["kind"] == "Deployment":
                name = one["metadata"]["name"]
                chosen = [other for other, labels in self.labels.items() if selects(one["spec"]["selector"], labels)]
                self.assertEqual(chosen, [name])

    def reached(self, name: str, direction: str) -> set[tuple[str, int]]:
        """The protocols and ports that policies open for a pod."""
        opened = set()
        for policy in self.policies:
            if selects(policy["spec"]["podSelector"], self.labels[name]):
                for rule in policy["spec"].get(direction, []):
                    opened |= {(one["protocol"], one["port"]) for one in rule["ports"]}
        return opened

    def test_network_is_closed_but_for_what_is_needed(self):
        everything = [one for one in self.policies if one["spec"]["podSelector"] == {}]
        self.assertEqual(everything[0]["spec"], {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
        for name in ("tick", "worker", "web"):
            self.assertEqual(
                self.reached(name, "egress"), {("UDP", 53), ("TCP", 53), ("TCP", 443), ("TCP", 5432)}, name)
        self.assertEqual(self.reached("web", "ingress"), {("TCP", 8080)})
        self.assertEqual(self.reached("worker", "ingress") | self.reached("tick", "ingress"), set())

    def test_credentials_of_the_cloud_are_out_of_reach(self):
        for policy in self.policies:
            for rule in policy["spec"].get("egress", []):
                for to in rule["to"]:
                    if to.get("ipBlock", {}).get("cidr") == "0.0.0.0/0":
                        self.assertIn("169.254.0.0/16", to["ipBlock"]["except"])


if __name__ == "__main__":
    unittest.main()
