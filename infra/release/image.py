#!/usr/bin/env python3
"""Packs a root filesystem as an image of one layer, in an OCI layout in one tar file.

usage: image.py ROOT OUT.tar VERSION REVISION

The same root gives the same bytes: names are sorted, owners are numbers, and every time is SOURCE_DATE_EPOCH.
Format: https://github.com/opencontainers/image-spec
"""

import datetime
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

NAME = "copilot-functions"
TITLE = "GitHub Copilot usage and billing as Prometheus metrics"


def member(name: str, epoch: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mtime = epoch
    return info


def layer(root: str, epoch: int) -> bytes:
    """The files below a folder as a tar archive, each folder before its contents."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        def add(folder: str) -> None:
            for entry in sorted(os.scandir(os.path.join(root, folder)), key=lambda entry: entry.name):
                name = os.path.join(folder, entry.name)
                info = archive.gettarinfo(entry.path, name)
                info.mtime, info.uid, info.gid, info.uname, info.gname = epoch, 0, 0, "", ""
                if info.isreg():
                    with open(entry.path, "rb") as file:
                        archive.addfile(info, file)
                else:
                    archive.addfile(info)
                if info.isdir():
                    add(name)
        add("")
    return buffer.getvalue()


def encoded(document: dict) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def main(root: str, out: str, version: str, revision: str) -> None:
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    architecture = subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()
    blobs: dict[str, bytes] = {}

    def blob(media: str, content: bytes) -> dict:
        digest = hashlib.sha256(content).hexdigest()
        blobs[digest] = content
        return {"mediaType": f"application/vnd.oci.image.{media}", "digest": f"sha256:{digest}", "size": len(content)}

    plain = layer(root, epoch)
    labels = {
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.description": TITLE,
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.revision": revision,
        "org.opencontainers.image.title": NAME,
        "org.opencontainers.image.version": version,
    }
    configuration = {
        "architecture": architecture,
        "os": "linux",
        "created": created,
        "config": {
            "User": "65532:65532",
            "ExposedPorts": {"8080/tcp": {}},
            "Entrypoint": [f"/usr/local/bin/{NAME}"],
            "Env": ["PATH=/usr/local/bin"],
            "Labels": labels,
        },
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(plain).hexdigest()]},
        "history": [{"created": created, "created_by": "make dist"}],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob("config.v1+json", encoded(configuration)),
        "layers": [blob("layer.v1.tar+gzip", gzip.compress(plain, 6, mtime=0))],
        "annotations": labels,
    }
    index = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [blob("manifest.v1+json", encoded(manifest)) | {
            "platform": {"architecture": architecture, "os": "linux"},
            "annotations": {"org.opencontainers.image.ref.name": f"{NAME}:{version}"},
        }],
    }
    files = {"oci-layout": encoded({"imageLayoutVersion": "1.0.0"}), "index.json": encoded(index)}
    files |= {f"blobs/sha256/{digest}": content for digest, content in sorted(blobs.items())}
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in ("blobs", "blobs/sha256"):
            info = member(folder, epoch)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(info)
        for name, content in files.items():
            info = member(name, epoch)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


if __name__ == "__main__":
    main(*sys.argv[1:])
