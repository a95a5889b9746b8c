#!/usr/bin/env bash
# scikit-learn 1.7.2, Python 3.11: its wheel for x86-64 runs with glibc 2.17, its wheel for arm64 needs 2.27, so that the
# same pinned release installs on one half of Amazon Linux 2 (glibc 2.26: Lambda's Python 3.11) and not on the other.
# 1.7.0 has wheels for both. A layer that is built and tested on x86-64 alone does not show it.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

has_wheel() { # VERSION MACHINE
  python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --dest "$place/$2" \
    --python-version 3.11 --platform "manylinux_2_26_$2" --platform "manylinux_2_17_$2" --platform "manylinux2014_$2" \
    "scikit-learn==$1" 2>/dev/null
}

for case in "1.7.0 x86_64 yes" "1.7.0 aarch64 yes" "1.7.2 x86_64 yes" "1.7.2 aarch64 no"; do
  read -r version machine expected <<<"$case"
  seen=no
  if has_wheel "$version" "$machine"; then seen=yes; fi
  echo "scikit-learn $version for $machine and glibc 2.26: $seen"
  [ "$seen" = "$expected" ]
done
