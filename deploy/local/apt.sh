#!/bin/sh
# Installs Debian packages where that is allowed, otherwise prints the exact command and fails.
set -eu
install="apt-get install -y --no-install-recommends $*"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "This machine lacks: $*" >&2
  echo "Install it and try again:" >&2
  echo "  sudo $install" >&2
  exit 1
fi
echo "installing: $*"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# A machine whose package lists are older than the archive needs an update first.
if $install >"$log" 2>&1 || { apt-get update >"$log" 2>&1 && $install >>"$log" 2>&1; }; then
  rm -f "$log"
else
  cat "$log" >&2
  echo "could not install; the command was: $install" >&2
  exit 1
fi
