#!/usr/bin/env bash
# Makes .build/python, the Python environment of the tests, when requirements.txt has changed since.
# It also holds bin/aws-lambda-rie, AWS's own Lambda emulator, taken out of the wheel that ships it.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=infra/python
there=.build/python

if [ -e "$there/made-from" ] && cat "$here/requirements.txt" "$here/install.sh" | cmp -s - "$there/made-from"; then
    exit 0
fi
echo "making $there" >&2
rm -rf "$there"
/usr/bin/python3 -m venv "$there"
"$there/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"

wheels=$(mktemp -d)
trap 'rm -rf "$wheels"' EXIT
"$there/bin/pip" download -q --disable-pip-version-check --no-deps -d "$wheels" aws-sam-cli==1.170.0
"$there/bin/python" - "$wheels"/*.whl "$there/bin/aws-lambda-rie" <<'PYTHON'
import os, sys, zipfile

wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive, open(target, "wb") as file:
    name = "samcli/local/rapid/aws-lambda-rie-" + ("arm64" if os.uname().machine == "aarch64" else "x86_64")
    file.write(archive.read(name))
os.chmod(target, 0o755)
PYTHON
cat "$here/requirements.txt" "$here/install.sh" > "$there/made-from"
