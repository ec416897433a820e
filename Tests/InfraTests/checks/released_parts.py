"""What a release says that it consists of: valid SPDX, and true."""

import glob
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import unittest

from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

DIST = os.environ["DIST"]
VERSION = os.environ["VERSION"]


def only(pattern: str) -> str:
    [path] = glob.glob(os.path.join(DIST, pattern))
    return path


class ReleasedParts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = only("*.spdx.json")
        with open(cls.path) as file:
            cls.document = json.load(file)
        cls.packages = {package["name"]: package for package in cls.document["packages"]}

    def related(self, name: str, kind: str) -> set[str]:
        names = {package["SPDXID"]: package["name"] for package in self.document["packages"]}
        return {
            names[one["relatedSpdxElement"]] for one in self.document["relationships"]
            if names.get(one["spdxElementId"]) == name and one["relationshipType"] == kind}

    def test_it_is_valid(self):
        self.assertEqual(self.document["spdxVersion"], "SPDX-2.3")
        problems = validate_full_spdx_document(parse_file(self.path), "SPDX-2.3")
        self.assertEqual([problem.validation_message for problem in problems], [])

    def test_it_names_the_files_beside_it(self):
        for name, pattern in [("copilot-usage", "*.deb"), ("copilot-functions", "*.oci.tar")]:
            with open(only(pattern), "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            self.assertEqual(self.packages[name]["versionInfo"], VERSION)
            self.assertEqual(self.packages[name]["packageFileName"], os.path.basename(only(pattern)))
            self.assertEqual(self.packages[name]["checksums"], [{"algorithm": "SHA256", "checksumValue": digest}])

    def test_every_swift_package_is_one_that_was_resolved(self):
        with open("Package.resolved") as file:
            pins = {pin["identity"]: pin["state"]["version"] for pin in json.load(file)["pins"]}
        linked = self.related("copilot-usage", "STATIC_LINK") - {"swift"}
        self.assertLessEqual({"swift-nio", "swift-argument-parser", "hummingbird"}, linked)
        for name in linked:
            self.assertEqual(self.packages[name]["versionInfo"], pins[name])
            self.assertNotEqual(self.packages[name]["licenseDeclared"], "NOASSERTION")
        # The tests alone depend on it.
        self.assertNotIn("swift-subprocess", linked)
        self.assertLessEqual(self.related("copilot-functions", "STATIC_LINK"), linked | {"swift"})

    def test_every_library_in_the_image_belongs_to_a_package_of_debian(self):
        with tarfile.open(only("*.oci.tar")) as archive:
            index = json.load(archive.extractfile("index.json"))
            read = lambda one: archive.extractfile("blobs/" + one["digest"].replace(":", "/")).read()
            [layer] = json.loads(read(index["manifests"][0]))["layers"]
            with tarfile.open(fileobj=io.BytesIO(gzip.decompress(read(layer)))) as root:
                names = [member.name for member in root if member.isfile()]
        libraries = {os.path.basename(name) for name in names if ".so" in name}
        listed = self.related("copilot-functions", "CONTAINS")
        files = subprocess.run(["dpkg-query", "-L", *listed], check=True, capture_output=True, text=True).stdout.split("\n")
        self.assertEqual(libraries - {os.path.basename(name) for name in files}, set())
        for name in listed:
            installed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], check=True, capture_output=True, text=True).stdout
            self.assertEqual(self.packages[name]["versionInfo"], installed)
            self.assertIn(f"usr/share/doc/{name}/copyright", names)

    def test_the_package_depends_on_the_libraries_that_the_image_contains(self):
        depends = subprocess.run(["dpkg-deb", "-f", only("*.deb"), "Depends"], check=True, capture_output=True, text=True).stdout
        needed = {re.match(r"[a-z0-9.+-]+", one.strip())[0] for one in depends.split(",")} - {"systemd"}
        self.assertEqual(self.related("copilot-usage", "DEPENDS_ON"), needed)
        self.assertLessEqual({"libcurl4", "libpq5"}, needed, "they are loaded when they are needed")


if __name__ == "__main__":
    unittest.main()
