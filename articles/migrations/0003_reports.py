"""Reports of comments, what moderators are told of, discussions that are closed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REASONS = [
    ("PATIENT", "含有可识别患者的信息"),
    ("MEDICAL", "医学内容可能误导"),
    ("ADVERT", "广告或推销"),
    ("RUDE", "攻击、骚扰他人"),
    ("OTHER", "其他，请管理员看看"),
]
MODES = [
    ("AFTER", "先发布后审核"),
    ("BEFORE", "先审核后发布"),
    ("FIRST_N", "新人的前几条先审核"),
    ("CLOSED", "不再接受新评论"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_editors"),
        ("portal", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "comment", "reports_open", models.PositiveIntegerField(default=0, editable=False, verbose_name="未处理的举报")
        ),
        migrations.AddField("comment", "to_tell_at", models.DateTimeField(editable=False, null=True)),
        migrations.AlterField(
            "article",
            "comment_mode",
            models.CharField(choices=MODES, default="BEFORE", max_length=8, verbose_name="评论方式"),
        ),
        migrations.AddIndex(
            "comment",
            models.Index(
                condition=models.Q(("to_tell_at__isnull", False)), fields=["to_tell_at"], name="comment_to_tell"
            ),
        ),
        migrations.AddIndex(
            "comment",
            models.Index(condition=models.Q(("reports_open__gt", 0)), fields=["-id"], name="comment_reported"),
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(choices=REASONS, editable=False, max_length=8, verbose_name="理由")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="时间")),
                (
                    "comment",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="articles.comment",
                    ),
                ),
                (
                    "reporter",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.zone",
                    ),
                ),
            ],
            options={
                "verbose_name": "举报",
                "verbose_name_plural": "举报",
                "constraints": [
                    models.UniqueConstraint(fields=("comment", "reporter"), name="report_once_per_person")
                ],
            },
        ),
    ]
