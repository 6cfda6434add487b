"""What the database itself refuses of a case, whatever the code does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_cases_filled"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="verification",
            name="verification_decided_has_who_and_when",
        ),
        migrations.RemoveConstraint(
            model_name="verification",
            name="verification_approval_has_end",
        ),
        migrations.RemoveConstraint(
            model_name="verification",
            name="verification_revoked_has_when",
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed_by", models.F("owner")), _negated=True),
                name="decision_not_proposed_by_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed_by", models.F("decided_by")), _negated=True),
                name="decision_confirmed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["APPROVED", "REJECTED", "REFUSED"])), name="decision_outcome_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "APPROVED"), ("reasons__0__isnull", True)),
                    models.Q(models.Q(("outcome", "APPROVED"), _negated=True), ("reasons__0__isnull", False)),
                    _connector="OR",
                ),
                name="decision_refusal_has_reasons",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "OPEN")), fields=("verification",), name="proposal_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed_by", models.F("owner")), _negated=True), name="proposal_not_own"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by", models.F("proposed_by")), _negated=True),
                    models.Q(("closed_by", models.F("owner")), _negated=True),
                ),
                name="proposal_closed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None), ("state", "OPEN")),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        ("state__in", ["CONFIRMED", "SET_ASIDE"]),
                    ),
                    models.Q(("closed_at__isnull", False), ("state", "VOID")),
                    _connector="OR",
                ),
                name="proposal_closed_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "SET_ASIDE"), ("why", ""), _negated=True),
                name="proposal_set_aside_has_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["APPROVED", "REJECTED", "REFUSED"])), name="proposal_outcome_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", "APPROVED"), ("reasons__0__isnull", True)),
                    models.Q(models.Q(("outcome", "APPROVED"), _negated=True), ("reasons__0__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_refusal_has_reasons",
            ),
        ),
        migrations.AddConstraint(
            model_name="reason",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text_zh", ""), _negated=True), models.Q(("text_en", ""), _negated=True)),
                name="reason_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasonversion",
            constraint=models.UniqueConstraint(fields=("reason", "number"), name="reasonversion_once"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", None),
                    models.Q(("number", 1), ("previous", None)),
                    models.Q(("number__gt", 1), ("previous__isnull", False)),
                    _connector="OR",
                ),
                name="submission_follows_the_last",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("appeal", ""), ("previous__isnull", False), _connector="OR"),
                name="submission_appeal_follows",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("sent_at", None), models.Q(("content_sha256", ""), _negated=True), _connector="OR"),
                name="submission_sent_has_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("revoked_by", models.F("owner")), _negated=True),
                name="verification_not_revoked_by_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["PENDING", "APPROVED", "REJECTED", "EXPIRED", "REVOKED"])),
                name="verification_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("status", "PENDING")),
                    models.Q(
                        models.Q(("status", "PENDING"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="verification_decided_has_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_until", None),
                        ("passed_seen_at", None),
                        ("reminded", None),
                        ("status__in", ["PENDING", "REJECTED"]),
                    ),
                    models.Q(
                        ("approved_until__gt", models.F("decided_at")),
                        ("approved_until__isnull", False),
                        ("status__in", ["APPROVED", "EXPIRED", "REVOKED"]),
                    ),
                    _connector="OR",
                ),
                name="verification_approval_has_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "REVOKED"), _negated=True),
                    models.Q(
                        ("revoked_at__isnull", False),
                        ("revoked_by__isnull", False),
                        models.Q(("revoke_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="verification_revoked_has_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_final", False), ("status", "REJECTED"), _connector="OR"),
                name="verification_final_is_rejected",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("held_because", ""), ("held_since", None)),
                    models.Q(("status", "PENDING"), models.Q(("held_because", ""), _negated=True)),
                    _connector="OR",
                ),
                name="verification_held_is_pending",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("reminded", None), ("reminded__in", (30, 7)), _connector="OR"),
                name="verification_reminded_in_time",
            ),
        ),
    ]
