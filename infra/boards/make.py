#!/usr/bin/env -S .build/python/bin/python -B
"""Writes the rules, alerts and dashboards: `infra/boards/make.py [FOLDER]`, by default into infra/."""

import os
import sys

import coralogix
import grafana
import prometheus


def files() -> dict[str, str]:
    """What is made, by its path in infra/."""
    return {
        "prometheus/rules.yaml": prometheus.rules(), "prometheus/alerts.yaml": prometheus.alerts(),
        **{f"grafana/{name}": text for name, text in grafana.documents().items()},
        **{f"coralogix/{name}": text for name, text in coralogix.documents().items()}}


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else "infra"
    for path, text in files().items():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w") as file:
            file.write(text)
