"""The manifests of infra/kubernetes and infra/knative as they reach a cluster, and what runs in them."""

import os

import yaml


def documents(path: str) -> list[dict]:
    with open(path) as file:
        return [one for one in yaml.safe_load_all(file) if one]


def customized(folder: str) -> list[dict]:
    """What `kubectl apply -k` sends, as far as our kustomizations go: a namespace and image names."""
    (kustomization,) = documents(f"{folder}/kustomization.yaml")
    unknown = set(kustomization) - {"apiVersion", "kind", "namespace", "resources", "images"}
    assert not unknown, f"{folder}/kustomization.yaml has {unknown}, which this does not apply"
    found = [one for path in kustomization["resources"] for one in documents(f"{folder}/{path}")]
    images = {one["name"]: f"{one['newName']}:{one['newTag']}" for one in kustomization.get("images", [])}
    for one in found:
        if one["kind"] != "Namespace":
            one["metadata"]["namespace"] = kustomization["namespace"]
        for container in (pod(one) or {}).get("containers", []):
            container["image"] = images.get(container["image"], container["image"])
    return found


def left_out(folder: str) -> set[str]:
    """The files of a folder that its kustomization does not list."""
    (kustomization,) = documents(f"{folder}/kustomization.yaml")
    return set(os.listdir(folder)) - set(kustomization["resources"]) - {"kustomization.yaml"}


def pod(manifest: dict) -> dict | None:
    """The pod that something makes."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec.get("template", {}).get("spec")


def workloads(manifests: list[dict]) -> dict[str, dict]:
    """The pods that run our image, by the name of what makes them."""
    pods = {one["metadata"]["name"]: pod(one) for one in manifests if pod(one)}
    return {name: one for name, one in pods.items() if "copilot-functions" in one["containers"][0]["image"]}


def variables(container: dict, manifests: list[dict], secrets: dict[str, dict]) -> dict[str, str]:
    """The variables that a container starts with."""
    maps = {one["metadata"]["name"]: one["data"] for one in manifests if one["kind"] == "ConfigMap"}
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found |= maps[source["configMapRef"]["name"]]
    for one in container.get("env", []):
        if "value" in one:
            found[one["name"]] = one["value"]
        else:
            reference = one["valueFrom"]["secretKeyRef"]
            found[one["name"]] = secrets[reference["name"]][reference["key"]]
    return found


def example_secrets() -> dict[str, dict]:
    return {one["metadata"]["name"]: one["stringData"] for one in documents("infra/kubernetes/secret.example.yaml")}


def complaints_of_restricted(pod: dict) -> list[str]:
    """What the Pod Security Standard `restricted` asks for and is not there.

    kubernetes.io/docs/concepts/security/pod-security-standards, and a read-only root, which it leaves
    open."""
    found = []
    outer = pod.get("securityContext", {})
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            found.append(name)
    for volume in pod.get("volumes", []):
        kinds = set(volume) - {"name"}
        if not kinds <= {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}:
            found.append(f"volume {volume['name']}")
    for container in pod["containers"] + pod.get("initContainers", []):
        inner = container.get("securityContext", {})
        merged = outer | inner
        wanted = {
            "privileged": not inner.get("privileged"),
            "allowPrivilegeEscalation": inner.get("allowPrivilegeEscalation") is False,
            "runAsNonRoot": merged.get("runAsNonRoot") is True,
            "runAsUser": merged.get("runAsUser", 1) != 0,
            "seccompProfile": merged.get("seccompProfile", {}).get("type") in ("RuntimeDefault", "Localhost"),
            "capabilities": "ALL" in inner.get("capabilities", {}).get("drop", [])
            and set(inner["capabilities"].get("add", [])) <= {"NET_BIND_SERVICE"},
            "readOnlyRootFilesystem": inner.get("readOnlyRootFilesystem") is True,
            "hostPort": not any("hostPort" in port for port in container.get("ports", [])),
        }
        found += [f"{container.get('name', '')} {name}" for name, is_so in wanted.items() if not is_so]
    return found
