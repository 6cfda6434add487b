"""Consents given before this version find their record entries by the receipt's number that the entry names."""

from django.db import migrations


def find_entries(apps, schema_editor):
    record, entries = apps.get_model("consent", "ConsentRecord"), apps.get_model("portal", "RecordEntry")
    found = entries.objects.filter(kind__startswith="consent.").values_list("payload", "seq")
    named = {payload.get("receipt"): seq for payload, seq in found.iterator()}
    for row in record.objects.filter(entry=None).only("pk", "public_id").iterator():
        if str(row.public_id) in named:
            record.objects.filter(pk=row.pk).update(entry_id=named[str(row.public_id)])


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_receipts")]

    operations = [migrations.RunPython(find_entries, migrations.RunPython.noop)]
