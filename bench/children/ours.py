"""A cold start of the packaged application: import it and open a case. A second argument is the file for the names
of the modules that were loaded."""

import json
import sys
from pathlib import Path

import app

event = json.loads(Path(sys.argv[1]).read_text("utf-8"))
context = type("Context", (), {"function_name": "bench", "memory_limit_in_mb": 1024, "aws_request_id": "bench"})()
answer = app.app(event, context)
if answer["statusCode"] != 201:
    sys.exit(f"the case was refused: {answer}")
if len(sys.argv) > 2:
    Path(sys.argv[2]).write_text(json.dumps(sorted(sys.modules)), "utf-8")
