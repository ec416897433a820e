#!/usr/bin/env python3
"""Writes the software bill of materials of a release to standard output, as SPDX 2.3.

usage: sbom.py VERSION ROOT PACKAGE.deb IMAGE.tar FUNCTIONS LOCAL

The Debian package contains both programs; the image, whose root filesystem is ROOT, contains FUNCTIONS. The
programs contain Swift packages. The image contains libraries of Debian, and the Debian package depends on them.
"""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid

from debian_packages import packages_of
from swift_packages import RUNTIME_LICENCE, linked_packages, swift_version

# Debian's names of licences that have another name in SPDX.
SHORT_NAMES = {
    "Apache-2": "Apache-2.0", "BSD3": "BSD-3-Clause", "BSD-2-clause": "BSD-2-Clause", "BSD-3-clause": "BSD-3-Clause",
    "Expat": "MIT", "OpenLDAP-2.8": "OLDAP-2.8",
}
SAME_NAMES = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "curl", "ISC", "MIT", "MPL-2.0", "PostgreSQL", "Zlib"}


def spdx_licence(name: str) -> str:
    """Debian's words for a licence as an SPDX expression, or NOASSERTION."""
    terms = re.split(r" (or|and) ", name)
    for place, term in enumerate(terms):
        if place % 2:
            terms[place] = term.upper()
        elif gnu := re.fullmatch(r"(L?GPL)-(\d)(\.\d)?(\+?)", term):
            terms[place] = f"{gnu[1]}-{gnu[2]}{gnu[3] or '.0'}-{'or-later' if gnu[4] else 'only'}"
        elif SHORT_NAMES.get(term, term) in SAME_NAMES | set(SHORT_NAMES.values()):
            terms[place] = SHORT_NAMES.get(term, term)
        else:
            return "NOASSERTION"
    return " ".join(terms)


def identifier(name: str) -> str:
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def package(name: str, version: str, licence: str, purl: str, **more) -> dict:
    return {
        "SPDXID": identifier(name), "name": name, "versionInfo": version, "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False, "licenseConcluded": "NOASSERTION", "licenseDeclared": licence, "copyrightText": "NOASSERTION",
    } | ({"externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}]} if purl else {}) | more


def released(name: str, version: str, path: str, purpose: str) -> dict:
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return package(
        name, version, "Apache-2.0", "", packageFileName=os.path.basename(path), primaryPackagePurpose=purpose,
        checksums=[{"algorithm": "SHA256", "checksumValue": digest}])


def main(version: str, root: str, deb: str, image: str, functions: str, local: str) -> None:
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    installed = released("copilot-usage", version, deb, "INSTALL")
    contained = released("copilot-functions", version, image, "CONTAINER")
    swift = [
        package(one.name, one.version, one.licence, f"pkg:swift/{one.location.split('://')[-1]}@{one.version}",
                downloadLocation=f"git+{one.location}@{one.version}")
        for one in linked_packages([functions, local])
    ]
    swift.append(package("swift", swift_version(), RUNTIME_LICENCE, "", comment="The standard library and Foundation, linked statically."))
    inside = {one.name for one in linked_packages([functions])} | {"swift"}
    debian = [
        package(one.name, one.version, spdx_licence(one.licence),
                f"pkg:deb/debian/{one.name}@{one.version}?arch={one.architecture}&distro=bookworm&upstream={one.source}".replace("+", "%2B"),
                supplier="Organization: Debian", **({"homepage": one.homepage} if one.homepage else {}),
                licenseComments=f"Declared for most files of the source package: {one.licence or 'unknown'}. "
                f"All licences are in /usr/share/doc/{one.name}/copyright.")
        for one in packages_of(root)
    ]

    def related(kind: str, one: dict, others: list[dict]) -> list[dict]:
        return [{"spdxElementId": one["SPDXID"], "relationshipType": kind, "relatedSpdxElement": other["SPDXID"]} for other in others]

    depends = subprocess.run(["dpkg-deb", "-f", deb, "Depends"], check=True, capture_output=True, text=True).stdout
    needed = set(re.findall(r"(?:^|, )([a-z0-9.+-]+)", depends.strip()))
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"copilot-usage-{version}",
        # A name, not an address. Other contents have another name.
        "documentNamespace": "https://spdx.org/spdxdocs/copilot-usage-%s-%s" % (version, uuid.uuid5(
            uuid.NAMESPACE_OID, installed["checksums"][0]["checksumValue"] + contained["checksums"][0]["checksumValue"])),
        "creationInfo": {
            "created": datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": [f"Tool: copilot-usage-dist-{version}"],
        },
        "packages": [installed, contained, *swift, *debian],
        "relationships": [
            *related("DESCRIBES", {"SPDXID": "SPDXRef-DOCUMENT"}, [installed, contained]),
            *related("STATIC_LINK", installed, swift),
            *related("DEPENDS_ON", installed, [one for one in debian if one["name"] in needed]),
            *related("STATIC_LINK", contained, [one for one in swift if one["name"] in inside]),
            *related("CONTAINS", contained, debian),
        ],
    }
    print(json.dumps(document, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
