"""Corrections in public words, and the newest revision of an article that a person opened."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_reports"),
        ("portal", "0004_no_samples_of_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "article",
            "corrected_in",
            models.PositiveIntegerField(default=0, editable=False, verbose_name="最近更正的版次"),
        ),
        migrations.AddField(
            "revision", "correction_zh", models.CharField(blank=True, max_length=300, verbose_name="更正说明")
        ),
        migrations.AddField(
            "revision", "correction_en", models.CharField(blank=True, max_length=600, verbose_name="英文更正说明")
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版次")),
                ("words_zh", models.CharField(max_length=300, verbose_name="更正说明")),
                ("words_en", models.CharField(blank=True, max_length=600, verbose_name="英文更正说明")),
                ("block_ids", models.JSONField(default=list)),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("told_up_to", models.PositiveBigIntegerField(default=0)),
                ("told_at", models.DateTimeField(null=True, verbose_name="通知完毕")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="articles.article",
                        verbose_name="文章",
                    ),
                ),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="articles.revision",
                        verbose_name="修订",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.zone"),
                ),
            ],
            options={
                "verbose_name": "更正",
                "verbose_name_plural": "更正",
                "indexes": [models.Index(fields=["article", "-at"], name="correction_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words_zh", ""), _negated=True), name="correction_says_something"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LastRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="读到的版次")),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="last_reads", to="articles.article"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="last_reads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "读到的版次",
                "verbose_name_plural": "读到的版次",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "article"), name="lastread_one_a_person_and_article")
                ],
            },
        ),
    ]
