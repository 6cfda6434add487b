from django.db import migrations, models

from portal import record


def authenticate(apps, schema_editor):
    """Entries written before there were seals are taken over as they are."""
    for entry in apps.get_model("portal", "RecordEntry").objects.filter(mac="").iterator():
        type(entry).objects.filter(pk=entry.pk).update(mac=record.new_mac(entry))


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("position", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("entry_seq", models.BigIntegerField(unique=True)),
                ("hashes", models.BinaryField()),
                ("mac", models.CharField(max_length=64)),
            ],
            options={"verbose_name": "叶", "verbose_name_plural": "叶"},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tree_size", models.PositiveBigIntegerField(unique=True, verbose_name="条数")),
                ("root_hash", models.CharField(max_length=64, verbose_name="根散列")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="上一根散列")),
                ("at", models.DateTimeField(verbose_name="封存时间")),
                ("key_id", models.CharField(max_length=16, verbose_name="密钥编号")),
                ("signature", models.CharField(max_length=128, verbose_name="签名")),
            ],
            options={"verbose_name": "封存", "verbose_name_plural": "封存"},
        ),
        migrations.AddField(
            model_name="recordentry",
            name="mac",
            field=models.CharField(db_default="", editable=False, max_length=96),
        ),
        migrations.RunPython(authenticate, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="recordentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mac", ""), _negated=True), fields=("mac",), name="recordentry_written_once"
            ),
        ),
    ]
