"""Where things lie in a checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOURCES = ROOT / "infra" / "deploy" / "resources"
MAPPINGS = ROOT / "infra" / "operate" / "mappings"
BUILD = ROOT / "build"
POLICIES = BUILD / "policies"
"""Where packaging writes the functions' policies, and where `.chalice/config.json` says that they are."""
LOCAL = ROOT / ".local"
CLOUD_PYTHON = ROOT / ".venv-cloud" / "bin" / "python"
STACK_FILE = LOCAL / "stack.json"
