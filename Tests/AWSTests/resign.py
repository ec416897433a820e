"""Signs requests again with botocore, from what a server received.

Reads a JSON list of {region, service, keyID, secretKey, url, headers, body} and prints the list of
the Authorization fields that botocore would have sent.
"""

import base64
import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

found = []
for one in json.load(sys.stdin):
    sent = one["headers"]
    signed = sent["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    request = AWSRequest(
        "POST", one["url"], data=base64.b64decode(one["body"]), headers={name: sent[name] for name in signed})
    request.context["timestamp"] = sent["x-amz-date"]
    signer = SigV4Auth(Credentials(one["keyID"], one["secretKey"]), one["service"], one["region"])
    text = signer.string_to_sign(request, signer.canonical_request(request))
    scope = f"{one['keyID']}/{signer.credential_scope(request)}"
    found.append(
        f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={';'.join(sorted(signed))}, "
        f"Signature={signer.signature(text, request)}")
print(json.dumps(found))
