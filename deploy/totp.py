"""Print a demo person's code of this half minute: python deploy/totp.py var/demo.json reviewer"""

import base64
import hashlib
import hmac
import json
import struct
import sys
import time
from pathlib import Path


def code(secret: str, at: float) -> str:
    """Return the six digits of RFC 6238."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    people = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["people"]
    person = people.get(sys.argv[2], {})
    if "totp_secret" not in person:
        known = ", ".join(name for name in people if "totp_secret" in people[name])
        sys.exit(f"{sys.argv[2]} has no second factor; those who have one: {known}")
    print(code(person["totp_secret"], time.time()))
