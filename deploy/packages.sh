#!/usr/bin/env bash
# Install the system packages that the tests need: root on Debian or Ubuntu; anyone else is told what is missing.
set -euo pipefail

packages=(chromium chromium-l10n fonts-noto-cjk postgresql redis-server nginx-light gettext)
# The HTML checker is Java, and npm brings it; either may be there from elsewhere.
command -v java >/dev/null || packages+=(default-jre-headless)
command -v npm >/dev/null || packages+=(npm)
command -v dpkg-query >/dev/null || { echo "Not a Debian system: the tests need ${packages[*]}."; exit 0; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
install_missing() {
    echo "Installing system packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    local log wait
    log=$(mktemp)
    wait=(-o DPkg::Lock::Timeout=300)
    { apt-get "${wait[@]}" update && apt-get "${wait[@]}" install -y --no-install-recommends "${missing[@]}"; } \
        >"$log" 2>&1 || { tail -n 20 "$log"; rm -f "$log"; exit 1; }
    rm -f "$log"
}

missing=()
for package in "${packages[@]}"; do is_installed "$package" || missing+=("$package"); done

if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" != 0 ]; then
    echo "Missing system packages (their tests will be skipped): ${missing[*]}"
    missing=()
fi
if [ ${#missing[@]} -gt 0 ]; then
    install_missing
fi
command -v npm >/dev/null || exit 0
cd "$(dirname "${BASH_SOURCE[0]}")/../tests/tools"
[ node_modules/.package-lock.json -nt package-lock.json ] ||
    { npm ci --ignore-scripts --no-audit --no-fund >/dev/null && touch node_modules/.package-lock.json; }
