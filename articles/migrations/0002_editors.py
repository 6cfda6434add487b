"""The group of editors and its rights."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

RIGHTS = [
    "write_article", "publish_article", "moderate_comment", "view_article", "view_revision", "view_comment",
    "view_fact", "view_reference",
]


def give(apps, schema_editor):
    config = apps.get_app_config("articles")
    config.models_module = True  # rights are otherwise made after all migrations
    create_permissions(config, verbosity=0, apps=apps, using=schema_editor.connection.alias)
    config.models_module = None
    editors, _new = apps.get_model("auth", "Group").objects.get_or_create(name="editors")
    rights = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="articles", codename__in=RIGHTS)
    editors.permissions.add(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
