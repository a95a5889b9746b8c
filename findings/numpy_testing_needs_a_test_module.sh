#!/usr/bin/env bash
# numpy 2.2.6 and scipy 1.16.3: with numpy's folders called `tests` removed, as is usual to fit a Lambda layer into its
# limit, numpy imports and computes, but scipy.sparse cannot be imported.
#
# scipy's array_api_compat does `from numpy import *`, which asks for the lazy attribute `numpy.testing`; that package
# takes the marker pd_NA from a module among the tests, numpy._core.tests._natype. So an import that no production code
# writes needs one file of a test folder. Kept with it, everything imports.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check numpy==2.2.6 scipy==1.16.3
site=$("$place/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
cp "$site/numpy/_core/tests/_natype.py" "$place/natype"
find "$site/numpy" -type d -name tests -prune -exec rm -rf {} +

"$place/venv/bin/python" -c 'import numpy; assert numpy.arange(3).sum() == 3; print("numpy by itself: works")'
said=$("$place/venv/bin/python" -c 'import scipy.sparse' 2>&1 || true)
grep -q "No module named 'numpy._core.tests'" <<<"$said"
echo "scipy.sparse: $(tail -n 1 <<<"$said")"

mkdir "$site/numpy/_core/tests"
cp "$place/natype" "$site/numpy/_core/tests/_natype.py"
"$place/venv/bin/python" -c 'import scipy.sparse; print("with _natype.py alone: scipy.sparse works")'
