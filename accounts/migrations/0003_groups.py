"""The groups of the desk and their rights. Rights of other apps are given by their own migrations."""

from django.db import migrations

# Rights that a group needs: app label, model, codename, name (as Django or the model's Meta names it).
REVIEW = [
    ("accounts", "verification", "review_verification", "可以审核资质"),
    ("accounts", "verification", "view_verification", "Can view 审核案件"),
    ("accounts", "reason", "view_reason", "Can view 退回理由"),
    ("accounts", "questionset", "view_questionset", "Can view 问题集"),
    ("accounts", "question", "view_question", "Can view 问题"),
]
QUESTIONS = [
    (app, model, f"{verb}_{model}", f"Can {verb} {noun}")
    for app, model, noun in (("accounts", "questionset", "问题集"), ("accounts", "question", "问题"))
    for verb in ("add", "change", "view")
] + [("accounts", "question", "delete_question", "Can delete 问题")]
GROUPS = {
    "reviewers": REVIEW,
    "review_leads": [
        *REVIEW,
        *QUESTIONS,
        ("accounts", "verification", "revoke_verification", "可以撤销认证"),
        ("accounts", "reason", "add_reason", "Can add 退回理由"),
        ("accounts", "reason", "change_reason", "Can change 退回理由"),
        ("accounts", "evidenceview", "view_evidenceview", "Can view 查看记录"),
        ("accounts", "user", "view_user", "Can view 用户"),
    ],
    "editors": QUESTIONS,
    "operators": [
        ("portal", "notice", "view_notice", "Can view 通知"),
        ("portal", "notice", "change_notice", "Can change 通知"),
        ("portal", "recordentry", "view_recordentry", "Can view 记录"),
        ("portal", "zone", "add_zone", "Can add 专区"),
        ("portal", "zone", "change_zone", "Can change 专区"),
        ("portal", "zone", "view_zone", "Can view 专区"),
        ("accounts", "user", "view_user", "Can view 用户"),
        ("accounts", "evidenceview", "view_evidenceview", "Can view 查看记录"),
    ],
}


def give(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    for name, rights in GROUPS.items():
        group, _new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for app, model, codename, words in rights:
            # Django makes permissions after all migrations; those needed here are made now, and found then.
            kind, _new = ContentType.objects.get_or_create(app_label=app, model=model)
            right, _new = Permission.objects.get_or_create(
                content_type=kind, codename=codename, defaults={"name": words}
            )
            group.permissions.add(right)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_initial"),
        ("portal", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
