"""Exit 0 when the web server beside this answers /health/ready, as nginx would ask it."""

import http.client
import os
import sys

bind = os.environ.get("BIND", "127.0.0.1:8000").split()[0]
host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
connection = http.client.HTTPConnection("127.0.0.1", int(bind.rpartition(":")[2]), timeout=4)
try:
    connection.request("GET", "/health/ready", headers={"Host": host, "X-Forwarded-Proto": "https"})
    response = connection.getresponse()
    body = response.read().decode(errors="replace")
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"no answer: {error}")
if response.status != 200:
    sys.exit(f"{response.status} {body}")
