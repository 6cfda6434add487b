"""The list of open doors, by resolved view name. What is not listed here is behind its zone's gate.

A new view is closed until somebody lists it. tests/consent/test_doors.py holds this list to the routes.
"""

from __future__ import annotations

from consent.gate import Step

# Everyone.
PUBLIC = frozenset(
    {
        "home",
        "zone",
        "terms",
        "privacy",
        "feed",
        "sitemap",
        "robots",
        "record-keys",  # the public keys of the record and its newest signed head
        "record-verifier",  # the script that checks a receipt offline
        "language",
        "favicon",
        "health-live",
        "health-ready",
        "metrics",  # metrics asks for its own token
        "erasure-back",  # its signed link is the key: the account it opens is closed
        "account_login",
        "account_signup",
        "account_logout",
        "account_inactive",
        "account_email_verification_sent",
        "account_reset_password",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_password_reset_completed",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_verify_phone",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }
)

# Signed-in people, whatever their standing.
SIGNED_IN = frozenset(
    {
        "gate",
        "me",
        "notices",  # by which channel one hears of one's case
        "terms-accept",
        "privacy-accept",
        "receipt",
        "receipt-print",
        "receipt-file",
        "withdraw",
        "withdrawn",
        "erase",
        "export",
        "evidence-file",  # its view serves the owner and the reviewer holding the case only
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "account_email",
        "account_change_phone",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_reauthenticate_webauthn",
        "usersessions_list",
    }
)

# Staff: the admin site asks for the right, the second factor and activity by itself; styleguide for staff too.
STAFF_NAMESPACES = frozenset({"admin"})
STAFF = frozenset({"styleguide"})

# Pages of the gate: who may stand on them. Everybody else is sent to their own step.
_ANYWHERE = frozenset(Step) - {Step.SIGN_IN, Step.AGREEMENT}
_AGAIN = {Step.REJECTED, Step.EXPIRED, Step.REVOKED}
STEPS: dict[str, frozenset[Step]] = {
    "agreement": frozenset({Step.AGREEMENT, Step.DECLINED}),
    "declined": frozenset({Step.DECLINED}),
    "informed-consent": _ANYWHERE - {Step.DECLINED},  # who skipped may change their mind, from their own page
    "profile": frozenset({Step.PROFILE, Step.EVIDENCE, *_AGAIN}),
    "survey": frozenset({Step.SURVEY}),
    "evidence": frozenset({Step.EVIDENCE, *_AGAIN}),
    "evidence-discard": frozenset({Step.EVIDENCE, *_AGAIN}),
    "pending": frozenset({Step.PENDING}),
    "rejected": frozenset({Step.REJECTED}),
    "expired": frozenset({Step.EXPIRED}),
    "revoked": frozenset({Step.REVOKED}),
    "passed": frozenset({Step.OPEN}),
}
