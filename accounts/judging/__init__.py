"""Judging an uploaded file: the answer stands at the field, and only re-encoded pages come out.

`judge(data, filename=…)` gives Accepted (JPEG pages drawn anew, never the bytes that were sent) or Refused
(a code, and what to send instead). The web worker only compares leading bytes; every decoder runs in a child
process that can write nowhere, start nothing and reach no network.

Reading order: verdict (what may be answered) → kinds, names (what the worker itself looks at) → parent, process,
slots (running the child) → child, limits (inside it) → images, png, pdfs, actions, streams, raster (the dangerous
work). messages says a refusal in words.
Refuses: to store, to log names or content, to raise for anything a file can do. No Django but in messages.
"""

from accounts.judging.names import display_name
from accounts.judging.parent import judge
from accounts.judging.verdict import MAX_BYTES, Accepted, Code, JudgingUnavailable, Refused, Verdict

__all__ = ["MAX_BYTES", "Accepted", "Code", "JudgingUnavailable", "Refused", "Verdict", "display_name", "judge"]
