"""Write the model with which every shop starts, from the shipped messages: python -m infra.learn.start_model"""

from chalicelib.adapters.insights.nightly.type_model import start_model
from chalicelib.adapters.insights.stores.start_model import FILE
from chalicelib.domain.triage.shop_model import pack_model
from infra.command import run_command
from infra.paths import ROOT


def main(_: list[str]) -> None:
    """Train it, and write it into the package."""
    path = ROOT / "chalicelib" / "adapters" / "insights" / "stores" / FILE
    path.write_bytes(pack_model(start_model()))
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    run_command(main)
