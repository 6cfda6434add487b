#!/usr/bin/env bash
# Back up the database and the evidence, never the keys: deploy/backup.sh FOLDER
#
# Reads DATA_DIR (default var/) and, for PostgreSQL, DATABASE_URL. Writes FOLDER/portal-<UTC time>.tar (mode 0600) with
# checksums inside. The database goes first: evidence is written before its row, so every row of the copy has its file.
# Without the keys (DATA_DIR/keys, or the environment file of production) evidence and licence numbers stay unreadable:
# keep those in another place. Messages already sent and the demo's passwords are left out.
set -euo pipefail
umask 077

[ $# -eq 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64; }
house=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$(realpath -m "${DATA_DIR:-$house/var}")
mkdir -p "$1"
target=$(realpath "$1")
[ -d "$data" ] || { echo "no such DATA_DIR: $data" >&2; exit 66; }
case "$target/" in "$data"/*) echo "the backup must not lie inside DATA_DIR" >&2; exit 64 ;; esac

work=$(mktemp -d "$target/.backup-XXXXXX")
trap 'rm -rf "$work"' EXIT

if [ -n "${DATABASE_URL:-}" ]; then
    pg_dump --format=custom --no-owner --no-privileges --file="$work/database.dump" "$DATABASE_URL"
else
    [ -f "$data/portal.sqlite3" ] || { echo "no database in $data" >&2; exit 66; }
    python3 - "$data/portal.sqlite3" "$work/portal.sqlite3" <<'PYTHON'
import sqlite3
import sys

source, copy = (sqlite3.connect(path, timeout=60) for path in sys.argv[1:])
source.backup(copy)  # a consistent copy while the portal serves
found = copy.execute("PRAGMA integrity_check").fetchone()[0]
copy.close()
sys.exit(0 if found == "ok" else f"the copy is damaged: {found}")
PYTHON
fi

mkdir "$work/evidence"
if [ -d "$data/evidence" ]; then
    # A file destroyed meanwhile is no error (1); a full disk is (2).
    tar --ignore-failed-read -C "$data" -cf - evidence | tar -C "$work" -xf - || [ $? -eq 1 ]
fi

(cd "$work" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
name="portal-$(date -u +%Y%m%dT%H%M%SZ).tar"
tar -C "$work" -cf "$target/.$name" .
sync "$target/.$name"
mv "$target/.$name" "$target/$name"
echo "$target/$name"
