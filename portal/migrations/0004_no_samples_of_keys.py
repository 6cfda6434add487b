"""PostgreSQL takes no samples of wrapped keys: its statistics would hold them after their destruction.

Setting the column's type to what it is drops the samples taken so far.
"""

from django.db import migrations


def take_no_samples(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE portal_personkey ALTER COLUMN wrapped TYPE bytea")
        schema_editor.execute("ALTER TABLE portal_personkey ALTER COLUMN wrapped SET STATISTICS 0")


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_purged")]

    operations = [migrations.RunPython(take_no_samples, migrations.RunPython.noop)]
