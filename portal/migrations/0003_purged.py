"""When the database's files let go of a destroyed key."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_seals")]

    operations = [
        migrations.AddField("personkey", "purged_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "personkey",
            models.CheckConstraint(
                condition=Q(("purged_at", None)) | Q(("destroyed_at__isnull", False)),
                name="personkey_purged_was_destroyed",
            ),
        ),
    ]
