"""A held case also says since when."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_cases_held"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="verification", name="verification_held_is_pending"),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=Q(held_since=None, held_because="")
                | (Q(status="PENDING", held_since__isnull=False) & ~Q(held_because="")),
                name="verification_held_is_pending",
            ),
        ),
    ]
