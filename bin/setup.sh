# SPDX-License-Identifier: MIT
# Sourced by the commands beside it: makes .venv with the dependencies of constraints.txt when it is missing or old.
set -eu
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "UPART needs Python 3.11 or newer; '$python' is $("$python" --version 2>&1 || echo missing)." >&2
  echo "Install a newer Python and run: PYTHON=python3.12 $0" >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "Python's venv module is missing." >&2
  echo "On Debian and Ubuntu install it with: apt install python3-venv" >&2
  exit 1
fi

need() { # need EXTRA: install the project with this extra unless pyproject.toml and constraints.txt are unchanged
  stamp=.venv/.upart-$1
  want=$(cat pyproject.toml constraints.txt | cksum)
  if [ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ]; then return; fi
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  echo "Installing into .venv (once) …" >&2
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".$2" >&2
  echo "$want" > "$stamp"
}
