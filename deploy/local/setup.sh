#!/bin/sh
# setup.sh python|npm|machine STAMP INPUT…: installs one part of what the project needs, unless just that is installed.
# The stamp holds the hash of what it was made of: a fresh checkout of the same locks is newer, and installs nothing.
set -eu
part=$1 stamp=$2
shift 2
folder=$(dirname "$stamp")
if [ -L "$folder" ]; then
  echo "$folder is a symbolic link: what is installed here would change or empty $(readlink "$folder") for all who use it." >&2
  echo "Remove the link and try again; or call the tools themselves, as .venv/bin/python -m pytest." >&2
  exit 1
fi

python() {
  $PYTHON -c 'import ensurepip, venv' 2>/dev/null || sh deploy/local/apt.sh python3 python3-venv
  $PYTHON -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
    echo "Python 3.11 is needed, $PYTHON is $($PYTHON --version); try: make setup PYTHON=python3.11" >&2
    exit 1
  }
  echo "installing Python packages into $folder"
  test -x "$folder/bin/python" || $PYTHON -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
}

npm() {
  echo "installing npm packages into $folder"
  command npm ci --no-progress --loglevel=error >/dev/null
  .venv/bin/python -m shared.web.vendor
}

machine() {
  .venv/bin/python -m deploy.local setup
}

# npm empties the folder first: of two at once, one would take from under the other what it has just installed.
mkdir -p .local
exec 9>>.local/setup.lock
flock -n 9 || {
  echo "another set-up is at work in this folder: waiting until it has ended" >&2
  flock 9
}
wanted=$(cat "$@" | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  $part 9>&-  # whatever it leaves running holds up nobody
  mkdir -p "$folder"
fi
echo "$wanted" >"$stamp"
