"""A real Prometheus and a real VictoriaMetrics, filled with samples."""

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def lines(samples, unit: int, families: dict) -> None:
    for name, labels, value, second in samples:
        text = ",".join(f'{label}="{escaped(each)}"' for label, each in sorted(labels.items()))
        families[name].append(f"{name}{{{text}}} {value} {second * unit}")


class Backend:
    def __init__(self, name: str, stack: contextlib.ExitStack, program: list[str], port: int, ready: str):
        self.name, self.url = name, f"http://127.0.0.1:{port}"
        log = stack.enter_context(tempfile.TemporaryFile())
        process = subprocess.Popen(program, stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(self.url + ready, timeout=5).close()
                return
            if process.poll() is not None:
                break
            time.sleep(0.1)
        log.seek(0)
        raise AssertionError(f"{name} is not ready: {log.read()[-2_000:]!r}")

    def post(self, path: str, body: bytes, kind: str) -> bytes:
        request = urllib.request.Request(self.url + path, body, {"content-type": kind})
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return reply.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{self.name}: {error.code} {error.read()[:1_000]!r}") from None

    def ask(self, path: str, **parameters) -> list[dict]:
        body = urllib.parse.urlencode(parameters).encode()
        return json.loads(self.post(f"/api/v1/{path}", body, "application/x-www-form-urlencoded"))["data"]["result"]

    def at(self, query: str, second: int) -> dict:
        """The value of each series at a moment."""
        return {key(one): float(one["value"][1]) for one in self.ask("query", query=query, time=second)}

    def between(self, query: str, first: int, last: int, step: int) -> dict:
        """The values of each series by second."""
        return {key(one): {int(second): float(value) for second, value in one["values"]}
                for one in self.ask("query_range", query=query, start=first, end=last, step=step, nocache=1)}


def key(series: dict) -> frozenset:
    return frozenset((name, value) for name, value in series["metric"].items() if name != "__name__" and value)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def both(stack: contextlib.ExitStack, samples: list) -> list[Backend]:
    folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    return [prometheus(stack, f"{folder}/prometheus", samples), victoria_metrics(stack, f"{folder}/victoria", samples)]


def prometheus(stack: contextlib.ExitStack, folder: str, samples: list) -> Backend:
    os.makedirs(folder)
    families: dict = defaultdict(list)
    lines(samples, 1, families)
    with open(f"{folder}/samples.om", "w") as file:
        for name in sorted(families):
            file.write("\n".join(families[name]) + "\n")
        file.write("# EOF\n")
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", "--quiet",
                    f"{folder}/samples.om", f"{folder}/data"],
                   check=True, stdout=subprocess.DEVNULL)
    with open(f"{folder}/prometheus.yml", "w") as file:
        file.write("{}\n")
    port = free_port()
    return Backend("Prometheus", stack, [
        "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
        "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}"], port, "/-/ready")


def victoria_metrics(stack: contextlib.ExitStack, folder: str, samples: list) -> Backend:
    port = free_port()
    backend = Backend("VictoriaMetrics", stack, [
        "victoria-metrics", f"-storageDataPath={folder}", "-retentionPeriod=100y", f"-httpListenAddr=127.0.0.1:{port}",
        "-memory.allowedBytes=128MB", "-search.disableCache", "-dedup.minScrapeInterval=1ms"], port, "/health")
    families: dict = defaultdict(list)
    lines(samples, 1_000, families)
    backend.post("/api/v1/import/prometheus", "\n".join(
        line for each in families.values() for line in each).encode() + b"\n", "text/plain")
    urllib.request.urlopen(backend.url + "/internal/force_flush").close()
    return backend
