"""SMS senders. The default writes files; a real one implements channels.SMSSender and is named by SMS_BACKEND."""

from portal.channels import write_file


class FileBackend:
    """Write each SMS to OUTBOX_DIR/<n>-sms.json: to, subject (empty), text."""

    def send(self, *, number: int, to: str, text: str) -> None:
        write_file(str(number), "sms", {"to": to, "subject": "", "text": text})
