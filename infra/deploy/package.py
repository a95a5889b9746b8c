"""Make the package that AWS gets: Chalice's template with ours merged in, the zip with compiled code, the layers.

python -m infra.deploy.package STAGE [OUT]
"""

import compileall
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any

from infra.deploy.iam_policies import write_policies
from infra.deploy.template import extras
from infra.paths import BUILD, POLICIES, ROOT

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
LOCAL_AT_ONCE = {
    "Intake": 4,
    "Clocks": 4,
    "Surveys": 2,
    "Notices": 2,
    "Deliveries": 2,
    "Evidence": 2,
    "Mail": 2,
    "Routing": 2,
}
LOCAL_BATCH = 50
# The local cloud refuses a template that has one of these.
LOCAL_REFUSES = {"AWS::Logs::QueryDefinition", "AWS::SES::ReceiptRuleSet", "AWS::SES::ReceiptRule"}
# Holidays speak their own languages, and we need dates only; short numbers are nobody's; exchanges' holidays, the
# router of Powertools and cffi's compiler (PyNaCl needs its backend alone) are not used; stubs and tests serve nobody.
NOT_SHIPPED = re.compile(
    r"^holidays/(locale|financial)/|^phonenumbers/shortdata/region_|^(cffi|pycparser)/"
    r"|^aws_lambda_powertools/event_handler/|/tests?/|\.pyi$|\.dist-info/(?!METADATA|licenses)|__pycache__"
)
LAYERS = ("analytics", "pictures", "mail")
EPOCH = (1980, 1, 1, 0, 0, 0)


def package(stage: str, out: Path | None = None) -> Path:
    """Make the package of a stage and give its folder: `template.json`, `deployment.zip`, and a zip of each layer."""
    out = out or BUILD / stage
    out.mkdir(parents=True, exist_ok=True)
    _chalice(stage, out)
    template = json.loads((out / "sam.json").read_text("utf-8"))
    (out / "sam.json").unlink()
    if stage == "local":
        template["Resources"] = _known_locally(template["Resources"])
        _widen_mail(template["Resources"])
        _few_at_once(template["Resources"])
    (out / "template.json").write_text(json.dumps(template, indent=1, ensure_ascii=False), "utf-8")
    _ship_compiled(out / "deployment.zip")
    for layer in LAYERS:
        shutil.copyfile(_layer(layer, _architecture(stage)), out / f"{layer}.zip")
    return out


def _chalice(stage: str, out: Path) -> None:
    write_policies(POLICIES)
    with tempfile.TemporaryDirectory() as folder:
        more = Path(folder) / "extras.json"
        more.write_text(json.dumps(extras()), "utf-8")
        chalice = Path(sys.executable).parent / "chalice"
        command = [str(chalice), "package", "--stage", stage, "--merge-template", str(more), str(out)]
        environment = {**os.environ, "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1")}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not (out / "sam.json").exists():
        raise SystemExit(f"chalice could not package the application:\n{done.stdout}{done.stderr}")


def _architecture(stage: str) -> str:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))
    return str(config["stages"][stage]["lambda_architecture"])


def _known_locally(resources: dict[str, Any]) -> dict[str, Any]:
    left_out = sorted(name for name, one in resources.items() if one["Type"] in LOCAL_REFUSES)
    print(f"  left out of the local stack, whose cloud does not know their types: {', '.join(left_out)}")
    return {name: one for name, one in resources.items() if name not in left_out}


def _few_at_once(resources: dict[str, Any]) -> None:
    """Two cores start few functions at a time: more of them side by side would all be late."""
    for name, most in LOCAL_AT_ONCE.items():
        source = resources[name]["Properties"]["Events"][f"{name}SqsEventSource"]["Properties"]
        source["ScalingConfig"] = {"MaximumConcurrency": most}
    intake = resources["Intake"]["Properties"]["Events"]["IntakeSqsEventSource"]["Properties"]
    intake["BatchSize"] = LOCAL_BATCH  # the local cloud hands out one batch a round, however many wait


def _widen_mail(resources: dict[str, Any]) -> None:
    """The local cloud asks for the right to send mail on `*`; AWS asks for it on the identity, as the policy has it."""
    for one in resources.values():
        for policy in one.get("Properties", {}).get("Policies", []) if one["Type"] == "AWS::IAM::Role" else ():
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Sid"] == "SendMail":
                    statement["Resource"] = "*"


def _ship_compiled(path: Path) -> None:
    """Compile every module into the zip, so that a cold start does not have to; the same code gives the same zip.

    Libraries are shipped compiled only. Our own modules keep their source for the lines of a traceback. Compiled
    files are marked as never to be checked against their source, whose time the zip does not keep.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with zipfile.ZipFile(path) as old:
            old.extractall(folder, [one for one in old.namelist() if not NOT_SHIPPED.search(one)])
        unchecked = PycInvalidationMode.UNCHECKED_HASH
        for top in sorted(folder.iterdir()):
            own = top.name in ("app.py", "chalicelib")
            compile_ = compileall.compile_dir if top.is_dir() else compileall.compile_file
            compile_(str(top), quiet=2, legacy=not own, invalidation_mode=unchecked, stripdir=name)
        files = [one for one in folder.rglob("*") if one.is_file() and not _is_library_source(one, folder)]
        _zip(path, folder, files)


def _is_library_source(path: Path, folder: Path) -> bool:
    own = path.relative_to(folder).parts[0] in ("app.py", "chalicelib")
    return path.suffix == ".py" and not own and path.with_suffix(".pyc").exists()


def _zip(path: Path, folder: Path, files: list[Path]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for one in sorted(files):
            entry = zipfile.ZipInfo(one.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, one.read_bytes())


def _layer(layer: str, architecture: str) -> Path:
    """The zip of a layer for an architecture; built again only when its requirements change."""
    requirements = ROOT / f"requirements-{layer}.txt"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    known = hashlib.sha256(requirements.read_bytes() + f"{architecture} {python}".encode()).hexdigest()[:16]
    path = BUILD / f"{layer}-{known}.zip"
    if path.exists():
        return path
    machine = MACHINES[architecture]
    platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in (26, 17)] + [
        f"--platform=manylinux2014_{machine}"
    ]
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "python"
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:",
            f"--python-version={python}", *platforms, "--target", str(target), "-r", str(requirements),
        ]  # fmt: skip
        subprocess.run(command, check=True)
        files = [one for one in target.rglob("*") if one.is_file() and not NOT_SHIPPED.search(one.as_posix())]
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        _zip(part, Path(name), files)
        part.replace(path)
    return path


if __name__ == "__main__":
    print(package(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None))
