"""Print an environment file with fresh secrets: python3 deploy/new_secrets.py portal.example.org > deploy/portal.env

Keep that file (mode 0600) and a copy of it in another place than the backups: whoever has both can read everything,
and without MASTER_KEYS nobody can read the evidence and the licence numbers again.
"""

import base64
import json
import secrets
import sys

TEMPLATE = """\
SITE_URL=https://{host}
ALLOWED_HOSTS={host}
SECRET_KEY={secret}
MASTER_KEYS='{master}'
RECORD_KEY={record}
BLIND_INDEX_KEY={blind}
METRICS_TOKEN={metrics}
TRUSTED_PROXY_COUNT=1
POSTGRES_PASSWORD={postgres}
REDIS_PASSWORD={redis}
DATABASE_URL=postgres://portal:{postgres}@postgres:5432/portal
REDIS_URL=redis://:{redis}@redis:6379/0
# EMAIL_URL=smtps://user:password@mail.example.org:465
# FROM_EMAIL=portal@example.org
"""


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


if len(sys.argv) != 2 or not sys.argv[1].strip():
    sys.exit(__doc__)
print(
    TEMPLATE.format(
        host=sys.argv[1].strip(),
        secret=secrets.token_urlsafe(48),
        master=json.dumps({"m1": key()}),
        record=key(),
        blind=key(),
        metrics=secrets.token_urlsafe(24),
        postgres=secrets.token_urlsafe(24),
        redis=secrets.token_urlsafe(24),
    ),
    end="",
)
