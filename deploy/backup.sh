#!/usr/bin/env bash
# Back up the database and the evidence, never the keys: deploy/backup.sh FOLDER
#
# Reads DATA_DIR (default var/) and, for PostgreSQL, DATABASE_URL. Writes FOLDER/portal-<UTC time>.tar (mode 0600) with
# checksums inside. The database goes first: evidence is written before its row, so every row of the copy has its file.
# Without the keys (DATA_DIR/keys, or the environment file of production) evidence and licence numbers stay unreadable:
# keep those in another place. Messages already sent and the demo's passwords are left out.
#
# People's own keys (wrapped by the master key) are not in it either, so that what was destroyed stays destroyed: they
# go to FOLDER/personkeys-<UTC time>.csv, of which those older than KEY_BACKUP_DAYS (default 7) are deleted here. A
# restore uses the newest. FOLDER/erasures-<UTC time>.csv names, by random id, who was erased or asked to be.
set -euo pipefail
umask 077

[ $# -eq 1 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 64; }
house=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$(realpath -m "${DATA_DIR:-$house/var}")
mkdir -p "$1"
target=$(realpath "$1")
[ -d "$data" ] || { echo "no such DATA_DIR: $data" >&2; exit 66; }
case "$target/" in "$data"/*) echo "the backup must not lie inside DATA_DIR" >&2; exit 64 ;; esac

stamp=$(date -u +%Y%m%dT%H%M%SZ)
work=$(mktemp -d "$target/.backup-XXXXXX")
export SQLITE_TMPDIR="$work" # what SQLite sorts and rewrites stays on this volume
trap 'rm -rf "$work" "$target/.keys-$stamp" "$target/.erasures-$stamp"' EXIT

if [ -n "${DATABASE_URL:-}" ]; then
    pg_dump --format=custom --no-owner --no-privileges --exclude-table-data=portal_personkey \
        --file="$work/database.dump" "$DATABASE_URL"
    if [ "$(psql -AtX "$DATABASE_URL" -c "SELECT to_regclass('portal_personkey') IS NOT NULL")" = t ]; then
        psql -qX -v ON_ERROR_STOP=1 "$DATABASE_URL" \
            -c "\\copy (SELECT public_id, person_id, purpose, master_id, wrapped, created_at, destroyed_at, purged_at FROM portal_personkey ORDER BY id) TO '$work/.keys' CSV HEADER" \
            -c "\\copy (SELECT u.public_id, e.asked_at, e.due_at, e.done_at FROM accounts_erasure e JOIN accounts_user u ON u.id = e.person_id) TO '$work/.erasures' CSV HEADER"
    fi
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
    python3 "$house/deploy/ledgers.py" take "$work/portal.sqlite3" "$work/.keys" "$work/.erasures"
fi

for list in keys erasures; do
    [ ! -f "$work/.$list" ] || mv "$work/.$list" "$target/.$list-$stamp"
done

mkdir "$work/evidence"
if [ -d "$data/evidence" ]; then
    # A file destroyed meanwhile is no error (1); a full disk is (2).
    tar --ignore-failed-read -C "$data" -cf - evidence | tar -C "$work" -xf - || [ $? -eq 1 ]
fi

(cd "$work" && find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 sha256sum >SHA256SUMS)
name="portal-$stamp.tar"
tar -C "$work" -cf "$target/.$name" .
sync "$target/.$name"
mv "$target/.$name" "$target/$name"
if [ -f "$target/.keys-$stamp" ]; then
    sync "$target/.keys-$stamp" "$target/.erasures-$stamp"
    mv "$target/.keys-$stamp" "$target/personkeys-$stamp.csv"
    mv "$target/.erasures-$stamp" "$target/erasures-$stamp.csv"
    find "$target" -maxdepth 1 -name 'personkeys-*.csv' ! -name "personkeys-$stamp.csv" \
        -mmin "+$((${KEY_BACKUP_DAYS:-7} * 1440))" -delete
fi
echo "$target/$name"
