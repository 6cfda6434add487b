"""Editors write agreements, and publish those of another editor."""

from django.db import migrations

RIGHTS = [
    ("agreementversion", "write_agreement", "可以起草协议"),
    ("agreementversion", "publish_agreement", "可以发布协议"),
    ("agreementversion", "view_agreementversion", "Can view 协议版本"),
    ("agreement", "view_agreement", "Can view 协议"),
]


def give(apps, schema_editor):
    editors, _new = apps.get_model("auth", "Group").objects.get_or_create(name="editors")
    for model, codename, words in RIGHTS:
        kind, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="consent", model=model
        )
        right, _new = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": words}
        )
        editors.permissions.add(right)


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
