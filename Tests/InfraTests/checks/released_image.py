"""The image as a release holds it: what the OCI image specification asks for, and what Debian's tools make of it.

https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md and the pages beside it.
"""

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

[ARCHIVE] = glob.glob(os.path.join(os.environ["DIST"], "*.oci.tar"))
VERSION = os.environ["VERSION"]
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


class ReleasedImage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tarfile.open(ARCHIVE) as archive:
            cls.members = archive.getmembers()
            cls.files = {member.name: archive.extractfile(member).read() for member in cls.members if member.isfile()}
        cls.index = json.loads(cls.files["index.json"])
        cls.manifest = json.loads(cls.blob(cls.index["manifests"][0]))
        cls.configuration = json.loads(cls.blob(cls.manifest["config"]))

    @classmethod
    def blob(cls, descriptor: dict) -> bytes:
        return cls.files["blobs/" + descriptor["digest"].replace(":", "/")]

    def test_the_layout_holds_what_is_referred_to_and_nothing_else(self):
        self.assertEqual(json.loads(self.files["oci-layout"]), {"imageLayoutVersion": "1.0.0"})
        descriptors = [*self.index["manifests"], self.manifest["config"], *self.manifest["layers"]]
        for descriptor in descriptors:
            content = self.blob(descriptor)
            self.assertRegex(descriptor["digest"], r"^sha256:[0-9a-f]{64}$")
            self.assertEqual(descriptor["digest"], "sha256:" + hashlib.sha256(content).hexdigest())
            self.assertEqual(descriptor["size"], len(content))
        blobs = {"blobs/" + descriptor["digest"].replace(":", "/") for descriptor in descriptors}
        self.assertEqual(set(self.files), {"oci-layout", "index.json"} | blobs)

    def test_index_and_manifest_have_the_media_types_of_the_specification(self):
        self.assertEqual(self.index["schemaVersion"], 2)
        self.assertEqual(self.index["mediaType"], "application/vnd.oci.image.index.v1+json")
        [entry] = self.index["manifests"]
        self.assertEqual(entry["mediaType"], "application/vnd.oci.image.manifest.v1+json")
        self.assertEqual(entry["platform"], {key: self.configuration[key] for key in ("architecture", "os")})
        # ABNF of org.opencontainers.image.ref.name, in annotations.md.
        component = r"[A-Za-z0-9]+(?:[-._:@+]|--)?(?:[A-Za-z0-9]+(?:[-._:@+]|--)?)*"
        self.assertRegex(entry["annotations"]["org.opencontainers.image.ref.name"], f"^{component}(/{component})*$")
        self.assertEqual(self.manifest["schemaVersion"], 2)
        self.assertEqual(self.manifest["mediaType"], "application/vnd.oci.image.manifest.v1+json")
        self.assertEqual(self.manifest["config"]["mediaType"], "application/vnd.oci.image.config.v1+json")
        for layer in self.manifest["layers"]:
            self.assertEqual(layer["mediaType"], "application/vnd.oci.image.layer.v1.tar+gzip")
        for annotations in (entry["annotations"], self.manifest["annotations"]):
            self.assertTrue(all(isinstance(value, str) for value in annotations.values()))

    def test_the_configuration_starts_the_program_as_nobody_in_particular(self):
        self.assertEqual(self.configuration["os"], "linux")
        self.assertRegex(self.configuration["created"], f"^{RFC3339}$")
        settings = self.configuration["config"]
        self.assertEqual(settings["Entrypoint"], ["/usr/local/bin/copilot-functions"])
        self.assertEqual(settings["User"], "65532:65532")
        self.assertEqual(settings["ExposedPorts"], {"8080/tcp": {}})
        for variable in settings["Env"]:
            self.assertRegex(variable, r"^[A-Z_]+=.+$")
        labels = settings["Labels"]
        self.assertEqual(labels["org.opencontainers.image.version"], VERSION)
        self.assertRegex(labels["org.opencontainers.image.revision"], r"^[0-9a-f]{40}$")
        self.assertRegex(labels["org.opencontainers.image.created"], f"^{RFC3339}$")
        self.assertEqual(labels["org.opencontainers.image.licenses"], "Apache-2.0")

    def test_the_layer_is_a_plain_tar_archive_of_what_the_configuration_names(self):
        plain = [gzip.decompress(self.blob(layer)) for layer in self.manifest["layers"]]
        self.assertEqual(self.configuration["rootfs"], {
            "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest() for layer in plain]})
        self.assertEqual(len([entry for entry in self.configuration["history"] if not entry.get("empty_layer")]), len(plain))
        seen = set()
        with tarfile.open(fileobj=io.BytesIO(plain[0])) as layer:
            for member in layer:
                self.assertNotIn(member.name, seen, "a name stands in a layer once")
                self.assertFalse(member.name.startswith(("/", "./", "../")), member.name)
                self.assertFalse(os.path.basename(member.name).startswith(".wh."), member.name)
                self.assertTrue(member.isfile() or member.isdir() or member.issym(), member.name)
                parent = os.path.dirname(member.name)
                self.assertTrue(parent == "" or parent in seen, f"{member.name} stands before its folder")
                self.assertEqual((member.uid, member.gid, member.uname, member.gname), (0, 0, "", ""))
                self.assertFalse(member.mode & 0o6000, f"{member.name} sets an id")
                seen.add(member.name)
        self.assertIn("usr/local/bin/copilot-functions", seen)
        self.assertIn("usr/share/doc/copilot-functions/LICENSE", seen)
        self.assertIn("usr/share/doc/libcurl4/copyright", seen)

    def test_skopeo_reads_it(self):
        run = subprocess.run(["skopeo", "inspect", f"oci-archive:{ARCHIVE}"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(json.loads(run.stdout)["Labels"]["org.opencontainers.image.version"], VERSION)


if __name__ == "__main__":
    unittest.main()
