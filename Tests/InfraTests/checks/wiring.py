"""What the deployments set is what the program reads: every variable is one of its own, nothing that a
function needs is missing, and image, user, port and arguments agree everywhere."""

import os
import re
import subprocess
import sys
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from deployment import Deployment, translated
from manifests import customized, documents, example_secrets, variables, workloads

PROGRAM = os.environ["COPILOT_FUNCTIONS"]
# What other programs in the image read: AWS's and Knative's own names are in --help.
HELP = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
KNOWN = set(re.findall(r"^  ([A-Z][A-Z0-9_]+)$", HELP, re.MULTILINE))
FUNCTIONS = {"onAuthorize", "onAuthorizeCallback", "onDailyTick", "onCollectOrg"}

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()).decode()


def complaint(function: str, environment: dict[str, str]) -> str | None:
    """Why the program does not take these variables for a function.

    State is in memory and the event is none, so that a program which has all it needs says that the
    event is wrong, and leaves with 1."""
    environment = environment | {"STATE_STORE": "memory"}
    environment.pop("EVENT_BUS", None)
    if "GITHUB_APP_PRIVATE_KEY" in environment:
        environment["GITHUB_APP_PRIVATE_KEY"] = KEY
    run = subprocess.run(
        [PROGRAM, function, "--event", "-"], input="[]", capture_output=True, text=True,
        env=environment | {"PATH": os.environ["PATH"]}, timeout=60)
    said = [line for line in run.stderr.splitlines() if "is not a variable of this program" in line]
    return None if run.returncode == 1 and "malformedEvent" in run.stdout and not said else run.stderr + run.stdout


class Wiring(unittest.TestCase):
    def check(self, place: str, functions: list[str], environment: dict[str, str]) -> None:
        self.assertLessEqual(set(environment), KNOWN, place)
        for function in functions:
            self.assertIsNone(complaint(function, environment), f"{place} {function}")
        # The check itself: without any one secret that a function needs, the program refuses.
        for name in {"GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_CLIENT_SECRET"} & set(environment):
            less = {other: value for other, value in environment.items() if other != name}
            self.assertTrue(any(complaint(function, less) for function in functions), f"{place} does not need {name}")

    def test_help_lists_variables(self):
        self.assertIn("STATE_STORE", KNOWN)
        self.assertGreater(len(KNOWN), 25)

    def test_kubernetes(self):
        secrets = example_secrets()
        manifests = customized("infra/kubernetes")
        for name, pod in workloads(manifests).items():
            (container,) = pod["containers"]
            environment = variables(container, manifests, secrets)
            target = container["args"][0]
            self.assertIn(target, FUNCTIONS | {"work"})
            self.check(f"kubernetes {name}", ["onDailyTick", "onCollectOrg"] if target == "work" else served(target), environment)
            self.assertTrue(environment["STATE_STORE"].startswith("postgres://"), name)
            if target in ("work", "onDailyTick"):
                self.assertEqual(environment["EVENT_BUS"], environment["STATE_STORE"], name)

    def test_knative(self):
        secrets = example_secrets()
        manifests = customized("infra/knative")
        for name, pod in workloads(manifests).items():
            (container,) = pod["containers"]
            self.check(f"knative {name}", served(container["args"][0]), variables(container, manifests, secrets))

    def test_aws(self):
        with Deployment() as deployment:
            for name in ("OnDailyTick", "OnCollectOrg", "OnAuthorizeCallback"):
                function = translated()["Resources"][name]["Properties"]
                (target,) = function["ImageConfig"]["Command"]
                self.check(f"aws {name}", served(target), deployment.environment(name))
            self.assertEqual(
                deployment.environment("OnDailyTick")["EVENT_BUS"], f"sqs:{deployment.resources['Collections']}")

    def test_image_user_and_port_agree(self):
        with open("infra/container/Dockerfile") as file:
            lines = file.read().splitlines()
        stages = [line.split()[-1] for line in lines if line.startswith("FROM")]
        self.assertEqual(stages, ["build", "slim", "minimal"])
        users = {line.split()[1] for line in lines if line.startswith("USER")}
        self.assertEqual(users, {"65532:65532"})
        self.assertEqual({line for line in lines if line.startswith("ENTRYPOINT")}, {'ENTRYPOINT ["/usr/local/bin/copilot-functions"]'})
        (port,) = {line.split()[1] for line in lines if line.startswith("EXPOSE")}
        for line in lines:
            if line.startswith("FROM") and "scratch" not in line:
                self.assertRegex(line, r"^FROM [a-z]+:\d+\.\d+[-.\w]*(@sha256:[0-9a-f]{64})? AS ", "a base has a version")
        with open("infra/container/rootfs.sh") as file:
            self.assertIn("user=65532", file.read())
        images = set()
        for folder in ("infra/kubernetes", "infra/knative"):
            for name, pod in workloads(customized(folder)).items():
                (container,) = pod["containers"]
                images.add(container["image"])
                self.assertNotIn("command", container, "the image knows its program")
                self.assertLessEqual({one["containerPort"] for one in container.get("ports", [])}, {int(port)})
                if folder == "infra/kubernetes":
                    self.assertEqual(pod["securityContext"]["runAsUser"], 65532, name)
        self.assertEqual(len(images), 1, images)

    def test_image_is_built_as_the_makefile_builds(self):
        with open("Makefile") as file:
            rules = dict(re.findall(r"^(\w+) := (.*)$", file.read().replace("\\\n", " "), re.MULTILINE))
        flags = rules["RELEASE_FLAGS"].replace("$(SWIFT_FLAGS)", rules["SWIFT_FLAGS"])
        flags = flags.replace("$(CURDIR)", "/source").split()
        with open("infra/container/Dockerfile") as file:
            (build,) = re.findall(r"swift build (.*?) --product", file.read().replace("\\\n", " "))
        self.assertEqual(build.split(), flags)

    def test_what_the_image_is_built_from_is_let_in(self):
        with open("infra/container/Dockerfile.dockerignore") as file:
            let_in = {line[1:].strip() for line in file if line.startswith("!")}
        with open("Package.swift") as file:
            needed = set(re.findall(r'path: "(\w+)/', file.read())) | {"Package.swift", "Sources"}
        self.assertLessEqual(needed, let_in)
        for path in let_in:
            self.assertTrue(os.path.exists(path), path)

    def test_costs_are_those_that_the_script_works_out(self):
        run = subprocess.run([sys.executable, "infra/costs.py"], capture_output=True, text=True, check=True)
        with open("docs/costs.md") as file:
            text = file.read()
        for table in run.stdout.strip().split("\n\n"):
            self.assertIn(table, text, "put the output of infra/costs.py into docs/costs.md")
        with open("docs/deploy/README.md") as file:
            overview = file.read()
        for row in run.stdout.split("\n\n")[0].splitlines()[2:]:
            if "small machine" in row or "existing cluster" in row or "infra/aws" in row:
                dollars = [f"${float(one):.0f}" for one in re.findall(r"\$([\d.]+),", row)]
                self.assertIn(" / ".join(dollars), overview, row)



def served(target: str) -> list[str]:
    """Whoever takes browsers back from GitHub sends them there too."""
    return ["onAuthorize", "onAuthorizeCallback"] if target == "onAuthorizeCallback" else [target]


if __name__ == "__main__":
    unittest.main()
