#!/usr/bin/env bash
# Restore a backup into an empty place: deploy/restore.sh BACKUP.tar [PERSONKEYS.csv]
#
# People's keys come from the newest personkeys-*.csv beside the backup, or the one named: newer than the backup is
# better, for a key destroyed since does not come back.
#
# Reads DATA_DIR (default var/) and, for PostgreSQL, DATABASE_URL of an empty database. Refuses to overwrite anything.
# Bring the keys first (DATA_DIR/keys, or the environment file). Afterwards start the portal as always; it migrates
# what an older backup lacks.
set -euo pipefail
umask 077

[ $# -eq 1 ] || [ $# -eq 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 64; }
house=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
data=$(realpath -m "${DATA_DIR:-$house/var}")
backup=$(realpath "$1")
[ -f "$backup" ] || { echo "no such backup: $1" >&2; exit 66; }
newest() { find "$(dirname "$backup")" -maxdepth 1 -name "$1-*.csv" | sort | tail -n 1; }
keys=${2:-$(newest personkeys)}
[ -z "$keys" ] || [ -f "$keys" ] || { echo "no such list of keys: $keys" >&2; exit 66; }
for taken in "$data/portal.sqlite3" "$data/evidence"; do
    [ ! -e "$taken" ] || { echo "$taken exists; restore into an empty DATA_DIR" >&2; exit 73; }
done

mkdir -p "$data"
work=$(mktemp -d "$data/.restore-XXXXXX")
trap 'rm -rf "$work"' EXIT
tar -C "$work" --no-same-owner -xf "$backup"
(cd "$work" && sha256sum --quiet --strict -c SHA256SUMS) || { echo "the backup is damaged; nothing was restored" >&2; exit 65; }

if [ -f "$work/database.dump" ]; then
    [ -n "${DATABASE_URL:-}" ] || { echo "this backup is PostgreSQL's: set DATABASE_URL" >&2; exit 64; }
    tables=$(psql -AtX "$DATABASE_URL" -c "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    [ "$tables" = 0 ] || { echo "the database is not empty" >&2; exit 73; }
    pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname="$DATABASE_URL" "$work/database.dump"
    [ -z "$keys" ] || psql -qX -v ON_ERROR_STOP=1 --single-transaction "$DATABASE_URL" <<SQL
CREATE TEMP TABLE brought (public_id uuid, person_id bigint, purpose text, master_id text, wrapped bytea,
    created_at timestamptz, destroyed_at timestamptz, purged_at timestamptz);
\\copy brought FROM '$keys' CSV HEADER
INSERT INTO portal_personkey (public_id, person_id, purpose, master_id, wrapped, created_at, destroyed_at, purged_at)
    SELECT b.* FROM brought b JOIN accounts_user u ON u.id = b.person_id;
SQL
else
    [ -z "$keys" ] || python3 "$house/deploy/ledgers.py" bring "$work/portal.sqlite3" "$keys"
    mv "$work/portal.sqlite3" "$data/portal.sqlite3"
fi
mv "$work/evidence" "$data/evidence"
[ -d "$data/keys" ] || [ -n "${MASTER_KEYS:-}" ] ||
    echo "No keys here yet: without those of the old place, evidence and licence numbers cannot be read." >&2
[ -n "$keys" ] || echo "No list of people's keys beside the backup: evidence and licence numbers cannot be read." >&2
erasures=$(newest erasures)
[ -z "$erasures" ] || echo "Before readers return: manage.py replay_erasures $erasures" >&2
echo "restored into $data"
