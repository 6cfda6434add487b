"""What a reference says of a fact, in Chinese too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_corrections")]

    operations = [
        migrations.AddField("factevidence", "says_zh", models.TextField(blank=True, verbose_name="原文所述（中文）")),
    ]
