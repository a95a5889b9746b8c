"""The folders of `infra` stay small."""

from tests.support.paths import ROOT


def test_no_folder_of_infra_holds_more_than_fourteen_files() -> None:
    folders = [ROOT / "infra", *(path for path in (ROOT / "infra").rglob("*") if path.is_dir())]
    assert {folder.name for folder in folders if len(list(folder.glob("*.py"))) > 14} == set()
