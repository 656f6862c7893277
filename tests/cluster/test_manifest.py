"""The example for Kubernetes: its fields are those of a RayJob, its command is one of ours, its pods fit together."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from cleaner.cli import cli
from tests.support import ROOT


@pytest.fixture
def job() -> Any:
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load((ROOT / "deploy" / "rayjob.yaml").read_text("utf-8"))


def containers(job: Any) -> list[Any]:
    cluster = job["spec"]["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    return [container for group in groups for container in group["template"]["spec"]["containers"]]


def test_its_fields_are_those_of_a_rayjob(job: Any) -> None:
    from jsonschema import Draft202012Validator

    schema = json.loads(Path(__file__).with_name("rayjob.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    validator.validate(job)
    job["spec"]["rayClusterSpec"]["workerGroupSpecs"][0]["replica"] = 4
    assert not validator.is_valid(job), "a misspelt field is noticed"


def test_its_command_is_one_of_ours(job: Any) -> None:
    program, name, *arguments = shlex.split(job["spec"]["entrypoint"])
    assert program == "cleaner"
    command = cli.commands[name]
    with command.make_context(name, arguments) as context:
        assert context.params["raw"] == ("s3://BUCKET/raw",)
        assert context.params["out"] == "s3://BUCKET/clean"
        assert context.meta["cleaner.engine"] == "ray"


def test_its_pods_fit_together(job: Any) -> None:
    version = job["spec"]["rayClusterSpec"]["rayVersion"]
    assert {container["image"].rpartition(":")[2] for container in containers(job)} == {version}
    for container in containers(job):
        mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
        assert {"name": "TMPDIR", "value": "/scratch"} in container["env"]
        assert "/scratch" in mounted


def test_a_worker_has_the_memory_that_its_tasks_ask_for(job: Any) -> None:
    from cleaner.settings import Engine

    for group in job["spec"]["rayClusterSpec"]["workerGroupSpecs"]:
        (container,) = group["template"]["spec"]["containers"]
        limits = container["resources"]["limits"]
        memory = int(limits["memory"].removesuffix("Gi")) * 2**30
        assert int(limits["cpu"]) * Engine().task_memory_mb * 1_000_000 <= 0.6 * memory, "Ray keeps 30 % for its store"
