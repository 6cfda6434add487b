"""The desk: checks of a submission, messages kept ready, how people hear of their case."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NOUN = "常用留言"
RIGHTS = {
    "reviewers": ["view"],
    "review_leads": ["view", "add", "change"],
}
MESSAGES = [
    (
        "照片不清",
        "请在光线均匀处重拍：四角入镜、不反光，姓名与编码清楚可读。",
        "Please take the photo again in even light: all four corners visible, no glare, name and number readable.",
    ),
    (
        "补在职证明",
        "如果您刚换单位，请补一份现单位的在职证明（胸牌、工作证或单位证明）。",
        "If you have just changed your place of work, please add proof of your present post"
        " (name badge, staff card or a letter from the institution).",
    ),
    (
        "姓名不一致",
        "证书上的姓名与填写的不一致。请核对；如已改名，请附上改名的证明。",
        "The name on the licence differs from the one you entered. Please check it; if you changed your name,"
        " please add proof of the change.",
    ),
    (
        "编码请核对",
        "请把执业证书编码逐位与证书核对一遍，再重新提交。",
        "Please compare the licence number with the licence digit by digit, then submit again.",
    ),
    (
        "患者信息入镜",
        "文件里有患者信息入镜。请遮住后重新拍摄。",
        "The file shows information about patients. Please cover it and take the photo again.",
    ),
]


def give(apps, schema_editor):
    """The groups' rights to the messages, and five messages to begin with."""
    kind, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="accounts", model="cannedmessage"
    )
    Permission, Group = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    for name, verbs in RIGHTS.items():
        for verb in verbs:
            right, _new = Permission.objects.get_or_create(
                content_type=kind, codename=f"{verb}_cannedmessage", defaults={"name": f"Can {verb} {NOUN}"}
            )
            Group.objects.get(name=name).permissions.add(right)
    CannedMessage = apps.get_model("accounts", "CannedMessage")
    for position, (title, chinese, english) in enumerate(MESSAGES, start=1):
        CannedMessage.objects.get_or_create(
            title_zh=title, defaults={"text_zh": chinese, "text_en": english, "position": 10 * position}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_groups"),
    ]

    operations = [
        migrations.CreateModel(
            name="CannedMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_zh", models.CharField(max_length=60, unique=True, verbose_name="名称（只给审核员看）")),
                ("text_zh", models.CharField(max_length=500, verbose_name="给申请人的话")),
                ("text_en", models.CharField(max_length=700, verbose_name="给申请人的话（英文）")),
                ("is_active", models.BooleanField(default=True, verbose_name="可用")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
            ],
            options={
                "verbose_name": "常用留言",
                "verbose_name_plural": "常用留言",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="notice_channel",
            field=models.CharField(
                choices=[("EMAIL", "邮件"), ("SMS", "短信")], default="EMAIL", max_length=5, verbose_name="通知方式"
            ),
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("NAME", "姓名与证书一致"),
                            ("REGISTER", "官方登记查询"),
                            ("INSTITUTION", "机构与在职证明一致"),
                            ("VALIDITY", "证书在有效期内"),
                        ],
                        max_length=12,
                        verbose_name="项目",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("MATCHES", "相符"),
                            ("DIFFERS", "不符"),
                            ("UNCLEAR", "看不清"),
                            ("FOUND", "查到"),
                            ("NOT_FOUND", "查无"),
                        ],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("checked_at", models.DateTimeField(verbose_name="核对时间")),
                (
                    "checked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="accounts.submission"
                    ),
                ),
            ],
            options={
                "verbose_name": "核对",
                "verbose_name_plural": "核对",
                "indexes": [models.Index(fields=["submission", "kind"], name="check_of_submission")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "REGISTER"), ("result__in", ["FOUND", "NOT_FOUND", "DIFFERS"])),
                            models.Q(
                                models.Q(("kind", "REGISTER"), _negated=True),
                                ("result__in", ["MATCHES", "DIFFERS", "UNCLEAR"]),
                            ),
                            _connector="OR",
                        ),
                        name="check_result_fits_kind",
                    )
                ],
            },
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
