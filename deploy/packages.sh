#!/usr/bin/env bash
# Install the system packages that the tests need: root on Debian or Ubuntu; anyone else is told what is missing.
set -euo pipefail

packages=(chromium chromium-l10n fonts-noto-cjk postgresql redis-server nginx-light gettext)
command -v dpkg-query >/dev/null || { echo "Not a Debian system: the tests need ${packages[*]}."; exit 0; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
missing=()
for package in "${packages[@]}"; do is_installed "$package" || missing+=("$package"); done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "Missing system packages (their tests will be skipped): ${missing[*]}"
    exit 0
fi
echo "Installing system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
wait=(-o DPkg::Lock::Timeout=300)
{ apt-get "${wait[@]}" update && apt-get "${wait[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 ||
    { tail -n 20 "$log"; exit 1; }
