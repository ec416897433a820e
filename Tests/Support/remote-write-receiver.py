"""A receiver of Prometheus remote write 1.0 that accepts nothing that the specification forbids.

It shares no code with the product: it decodes Snappy's block format and protobuf by itself, and answers 400 with the
reason to a request that is wrong in any way. `GET /series` returns what it accepted, `GET /refused` why it refused.

Sources: https://prometheus.io/docs/specs/prw/remote_write_spec/,
https://github.com/google/snappy/blob/main/format_description.txt, and
https://github.com/prometheus/prometheus/blob/main/prompb/types.proto.
"""

import http.server
import json
import re
import struct
import sys
import threading

HEADERS = {
    "content-encoding": "snappy",
    "content-type": "application/x-protobuf",
    "x-prometheus-remote-write-version": "0.1.0",
}
METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
# A day is stamped at its end; a number of seconds, or of microseconds, is none of these years.
YEARS = range(946_684_800_000, 4_102_444_800_000)


class Wrong(Exception):
    pass


def check(condition: bool, what: str) -> None:
    if not condition:
        raise Wrong(what)


def unpacked(data: bytes) -> bytes:
    """The content of a block in Snappy's format."""
    size, at = varint(data, 0)
    check(size <= 1 << 26, f"a block of {size} bytes")
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        kind = tag & 3
        if kind == 0:
            length = tag >> 2
            if length >= 60:
                extra = length - 59
                check(at + extra <= len(data), "a literal without its length")
                length = int.from_bytes(data[at:at + extra], "little")
                at += extra
            length += 1
            check(at + length <= len(data), "a literal that is cut off")
            out += data[at:at + length]
            at += length
            continue
        extra = {1: 1, 2: 2, 3: 4}[kind]
        check(at + extra <= len(data), "a copy that is cut off")
        offset = int.from_bytes(data[at:at + extra], "little")
        at += extra
        length = (tag >> 2) + 1
        if kind == 1:
            length, offset = (tag >> 2 & 7) + 4, offset | tag >> 5 << 8
        check(0 < offset <= len(out), f"a copy from {offset} bytes back after {len(out)}")
        for _ in range(length):
            out.append(out[-offset])
        check(len(out) <= size, "a block that is longer than it says")
    check(len(out) == size, f"a block of {len(out)} bytes that says {size}")
    return bytes(out)


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(10):
        check(at < len(data), "a number that is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 127) << 7 * place
        if byte < 128:
            check(place == 0 or byte != 0, "a number with needless bytes")
            check(value < 1 << 64, "a number of more than 64 bits")
            return value, at
    raise Wrong("a number of more than ten bytes")


def fields(data: bytes):
    """The fields of a message: number, wire type, value."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            check(at + 8 <= len(data), "a fixed number that is cut off")
            value, at = data[at:at + 8], at + 8
        elif kind == 2:
            length, at = varint(data, at)
            check(at + length <= len(data), "a field that is cut off")
            value, at = data[at:at + length], at + length
        else:
            raise Wrong(f"wire type {kind}")
        yield number, kind, value


def text(data: bytes) -> str:
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise Wrong(f"text that is not UTF-8: {error}") from None


def message(data: bytes, kinds: dict[int, int], name: str) -> dict[int, list]:
    found: dict[int, list] = {}
    for number, kind, value in fields(data):
        check(kinds.get(number) == kind, f"field {number} of wire type {kind} in {name}")
        found.setdefault(number, []).append(value)
    return found


def one(found: dict[int, list], number: int, default, name: str):
    values = found.get(number, [default])
    check(len(values) == 1, f"{len(values)} times field {number} in {name}")
    return values[0]


def labels(parts: list[bytes]) -> dict[str, str]:
    pairs = []
    for part in parts:
        label = message(part, {1: 2, 2: 2}, "Label")
        pairs.append((text(one(label, 1, b"", "Label")), text(one(label, 2, b"", "Label"))))
    names = [name for name, _ in pairs]
    check(len(set(names)) == len(names), f"a label twice in {names}")
    check(names == sorted(names, key=lambda name: name.encode()), f"labels out of order: {names}")
    for name, value in pairs:
        check(LABEL_NAME.fullmatch(name) is not None, f"the label name {name!r}")
        check(value != "", f"an empty value of {name}")
    check("__name__" in names, f"no metric name among {names}")
    found = dict(pairs)
    check(METRIC_NAME.fullmatch(found["__name__"]) is not None, f"the metric name {found['__name__']!r}")
    return found


def series(data: bytes) -> tuple[dict[str, str], float, int]:
    # Field 3 is exemplars, and 4 histograms: there are none in the first version.
    found = message(data, {1: 2, 2: 2}, "TimeSeries")
    own = labels(found.get(1, []))
    samples = found.get(2, [])
    check(len(samples) == 1, f"{len(samples)} samples of one series: {own}")
    sample = message(samples[0], {1: 1, 2: 0}, "Sample")
    value, = struct.unpack("<d", one(sample, 1, bytes(8), "Sample"))
    moment = one(sample, 2, 0, "Sample")
    moment -= (moment >> 63) << 64
    check(moment in YEARS, f"the time {moment}, which is not in milliseconds")
    return own, value, moment


def metadata(data: bytes) -> None:
    found = message(data, {1: 0, 2: 2, 4: 2, 5: 2}, "MetricMetadata")
    check(one(found, 1, 0, "MetricMetadata") in range(8), "an unknown type of metric")
    name = text(one(found, 2, b"", "MetricMetadata"))
    check(METRIC_NAME.fullmatch(name) is not None, f"metadata of {name!r}")
    for number in (4, 5):
        text(one(found, number, b"", "MetricMetadata"))


def request(headers: dict[str, str], body: bytes) -> list[tuple[dict[str, str], float, int]]:
    for name, value in HEADERS.items():
        check(headers.get(name) == value, f"the header {name}: {headers.get(name)}")
    check(headers.get("user-agent", "") != "", "no User-Agent")
    check(len(body) > 0, "an empty body")
    # Field 2 is reserved.
    found = message(unpacked(body), {1: 2, 3: 2}, "WriteRequest")
    for part in found.get(3, []):
        metadata(part)
    all = [series(part) for part in found.get(1, [])]
    check(len(all) > 0 or 3 in found, "a request without series")
    keys = [tuple(sorted(own.items())) for own, _, _ in all]
    check(len(set(keys)) == len(keys), "a series twice in one request")
    return all


class Receiver(http.server.BaseHTTPRequestHandler):
    accepted: list = []
    refused: list = []
    lock = threading.Lock()

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        try:
            check(self.path == "/api/v1/write", f"the path {self.path}")
            check("content-length" in headers, "no Content-Length")
            found = request(headers, body)
        except Wrong as wrong:
            with self.lock:
                self.refused.append(str(wrong))
            return self.answer(400, str(wrong).encode())
        with self.lock:
            self.accepted.extend([own, value.hex(), moment] for own, value, moment in found)
        self.answer(204)

    def do_GET(self) -> None:
        lists = {"/series": self.accepted, "/refused": self.refused, "/ready": []}
        with self.lock:
            body = json.dumps(lists.get(self.path)).encode()
        self.answer(200 if self.path in lists else 404, body)

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
