"""Existing versions: who drafted one holds it; published ones cite the article as it reads now. Rights of groups."""

from django.db import migrations

from articles import body as bodies
from strategy.reading import read_ruleset

RIGHTS = {
    "editors": [("write_ruleset", "可以起草规则集"), ("publish_ruleset", "可以发布规则集")],
    "clinical_leads": [("sign_ruleset", "可以对规则集作临床审核")],
}


def hold(apps, schema_editor):
    for version in apps.get_model("strategy", "RuleSetVersion").objects.exclude(created_by=None).defer("source"):
        version.held_by_id = version.created_by_id
        version.save(update_fields=["held_by"])
        version.editors.add(version.created_by_id)


def cite(apps, schema_editor):
    Article, Block = apps.get_model("articles", "Article"), apps.get_model("articles", "Block")
    RuleCitation = apps.get_model("strategy", "RuleCitation")
    for version in apps.get_model("strategy", "RuleSetVersion").objects.filter(status="PUBLISHED"):
        rule_set = version.rule_set
        article = Article.objects.filter(
            zone_id=rule_set.zone_id, slug=rule_set.article_slug, published__isnull=False
        ).first()
        if article is None or version.citations.exists():
            continue
        revision = article.published
        hashes = dict(Block.objects.filter(revision=revision).values_list("block_id", "sha256"))
        places = {}
        for fact, block_id in bodies.facts_of(bodies.parse(revision.body)):
            places.setdefault(fact, set()).add(block_id)
        RuleCitation.objects.bulk_create(
            RuleCitation(
                version=version,
                rule_key=rule.key,
                fact=fact,
                block_id=block_id,
                block_hash=hashes[block_id],
                revision=revision,
                revision_number=revision.number,
                at=version.published_at,
            )
            for rule in read_ruleset(version.source).rules
            for fact in rule.facts
            for block_id in sorted(places.get(fact, ()))
            if block_id in hashes
        )


def give(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    kind, _new = ContentType.objects.get_or_create(app_label="strategy", model="rulesetversion")
    for name, rights in RIGHTS.items():
        group, _new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for codename, words in rights:
            # Django makes permissions after all migrations; those needed here are made now, and found then.
            right, _new = Permission.objects.get_or_create(
                content_type=kind, codename=codename, defaults={"name": words}
            )
            group.permissions.add(right)


class Migration(migrations.Migration):
    dependencies = [
        ("strategy", "0002_versions_reviewed"),
        ("accounts", "0003_groups"),
        ("articles", "0002_editors"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(hold, migrations.RunPython.noop),
        migrations.RunPython(cite, migrations.RunPython.noop),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
