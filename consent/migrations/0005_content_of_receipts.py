"""What a receipt says stands in its row as it stood then; rows of before have none and prove what they proved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_entries_of_receipts")]

    operations = [
        migrations.AddField(
            model_name="consentrecord",
            name="content",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
