"""Cases: a second pair of eyes, versions of reasons, holds, reminders, digests of what was sent."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("version", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("APPROVED", "通过"), ("REJECTED", "退回"), ("REFUSED", "终局拒绝")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="提出时间")),
                ("message", models.TextField(blank=True, verbose_name="给申请人的话")),
                ("reasons", models.JSONField(default=list, verbose_name="理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "待第二人确认"),
                            ("CONFIRMED", "已确认"),
                            ("SET_ASIDE", "未获同意"),
                            ("VOID", "已失效"),
                        ],
                        default="OPEN",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="了结时间")),
                ("why", models.TextField(blank=True, verbose_name="不同意的理由")),
            ],
            options={
                "verbose_name": "待确认的决定",
                "verbose_name_plural": "待确认的决定",
            },
        ),
        migrations.CreateModel(
            name="ReasonVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="版次")),
                ("text_zh", models.CharField(max_length=300, verbose_name="给申请人的话")),
                ("text_en", models.CharField(max_length=400, verbose_name="给申请人的话（英文）")),
                ("staff_note_zh", models.CharField(blank=True, max_length=300, verbose_name="给审核员的说明")),
                ("is_final", models.BooleanField(default=False, verbose_name="终局")),
                ("concerns", models.CharField(blank=True, max_length=40, verbose_name="涉及")),
                ("created_at", models.DateTimeField(verbose_name="创建时间")),
            ],
            options={
                "verbose_name": "理由的版本",
                "verbose_name_plural": "理由的版本",
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="proposed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="reason",
            name="number",
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name="版次"),
        ),
        migrations.AddField(
            model_name="submission",
            name="content_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="verification",
            name="held_because",
            field=models.CharField(blank=True, editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name="verification",
            name="held_since",
            field=models.DateTimeField(editable=False, null=True, verbose_name="暂停审核自"),
        ),
        migrations.AddField(
            model_name="verification",
            name="reminded",
            field=models.PositiveSmallIntegerField(editable=False, null=True, verbose_name="已提醒（到期前天数）"),
        ),
        migrations.AddField(
            model_name="verification",
            name="revoked_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="verificationevent",
            name="kind",
            field=models.CharField(blank=True, max_length=60, verbose_name="种类"),
        ),
        migrations.AddField(
            model_name="proposal",
            name="closed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="第二人",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="proposed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="proposals",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="accounts.submission"
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="verification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="proposals", to="accounts.verification"
            ),
        ),
        migrations.AddField(
            model_name="reasonversion",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="修改人",
            ),
        ),
        migrations.AddField(
            model_name="reasonversion",
            name="reason",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="accounts.reason",
                verbose_name="退回理由",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="said",
            field=models.ManyToManyField(related_name="decisions", to="accounts.reasonversion"),
        ),
    ]
