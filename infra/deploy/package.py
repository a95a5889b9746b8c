"""Make the package that AWS gets: Chalice's template with ours merged in, the zip with compiled code, the layers. It is
made again only when something that it is made of has changed.

python -m infra.deploy.package STAGE [OUT]
"""

import fcntl
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.command import run_command
from infra.deploy.archive import compile_archive
from infra.deploy.build_log import BuildLog
from infra.deploy.inputs import digest_inputs, region
from infra.deploy.layers import LAYERS, build_layer
from infra.deploy.static_files import static_files
from infra.deploy.template import local_template
from infra.deploy.template.extras import extras
from infra.deploy.template.iam_policies import write_policies
from infra.paths import BUILD, POLICIES, ROOT

UNFINISHED = ".unfinished"
"""The folder in the folder of a package where the next one is made."""
DIGEST = "inputs"
"""The file in the folder of a package that has the digest of its inputs; it is written last."""
FILES = ("template.json", "deployment.zip", *(f"{layer}.zip" for layer in LAYERS))


def package(stage: str, out: Path | None = None) -> Path:
    """The folder of a stage's package, made when it is missing or out of date: `template.json`, `deployment.zip`, and a
    zip of each layer. Processes that need it at the same time wait for the one that makes it; those that read an
    earlier package meanwhile find its files whole, because the new ones are made beside them."""
    out = out or BUILD / stage
    out.mkdir(parents=True, exist_ok=True)
    with (out / f"{DIGEST}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        digest = digest_inputs(stage)
        if not _is_current(out, digest):
            _replace(stage, out, digest)
    return out


def _is_current(out: Path, digest: str) -> bool:
    complete = all((out / name).exists() for name in (DIGEST, *FILES))
    return complete and (out / DIGEST).read_text("utf-8") == digest


def _replace(stage: str, out: Path, digest: str) -> None:
    unfinished = out / UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)  # what an interrupted process has left
    unfinished.mkdir()
    _make(stage, unfinished)
    (out / DIGEST).unlink(missing_ok=True)
    for name in FILES:
        (unfinished / name).replace(out / name)
    (out / DIGEST).write_text(digest, "utf-8")
    shutil.rmtree(unfinished)


def _make(stage: str, out: Path) -> None:
    """Make the files of a package. The layers are built beside the application: most of it is waiting for pip."""
    log = BuildLog(stage)
    with ThreadPoolExecutor() as pool:
        layers = {layer: pool.submit(build_layer, layer, _architecture(stage), log) for layer in LAYERS}
        _make_application(stage, out, log)
        for layer, built in layers.items():
            shutil.copyfile(built.result(), out / f"{layer}.zip")


def _make_application(stage: str, out: Path, log: BuildLog) -> None:
    template = _chalice_package(stage, out, log)
    if stage == "local":
        left_out = local_template.adapt(template)
        log.note(f"left out, for the local cloud does not know their types: {', '.join(left_out)}")
    (out / "template.json").write_text(json.dumps(template, indent=1, ensure_ascii=False), "utf-8")
    compile_archive(out / "deployment.zip", static_files(log))


def _chalice_package(stage: str, out: Path, log: BuildLog) -> dict[str, Any]:
    """Let Chalice write `deployment.zip`; the template it makes."""
    write_policies(POLICIES)
    with tempfile.TemporaryDirectory() as folder:
        merged = Path(folder) / "extras.json"
        merged.write_text(json.dumps(extras()), "utf-8")
        chalice = str(Path(sys.executable).parent / "chalice")
        command = [chalice, "package", "--stage", stage, "--merge-template", str(merged), str(out)]
        environment = {**os.environ, "AWS_DEFAULT_REGION": region()}
        log.run(command, "Chalice could not package the application", environment)
    made = out / "sam.json"
    template: dict[str, Any] = json.loads(made.read_text("utf-8"))
    made.unlink()
    return template


def _architecture(stage: str) -> str:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    return str(config["stages"][stage]["lambda_architecture"])


def main(arguments: list[str]) -> None:
    """Make the package and print its folder."""
    print(package(arguments[0], *map(Path, arguments[1:])))


if __name__ == "__main__":
    run_command(main)
