"""People and sign-in: allauth, factors, limits; part of base.py."""

from portal import env

AUTH_USER_MODEL = "accounts.User"
# allauth's backend is Django's with e-mail and phone; both together would hash every password twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email",)},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "home", "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.TermsForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False  # allauth offers it to new addresses alone: that tells
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # an open session alone changes no address and no number
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whose password, address or factor changed is told so
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
ACCOUNT_PHONE_VERIFICATION_ENABLED = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.LoginForm",
    "signup": "accounts.sign_in.SignupForm",
    "request_login_code": "accounts.sign_in.RequestLoginCodeForm",
    "confirm_login_code": "accounts.guesses.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.guesses.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "accounts.guesses.ConfirmPasswordResetCodeForm",
    "verify_phone": "accounts.guesses.VerifyPhoneForm",
}
# One shared limit file: allauth's own keys, in the shared cache; see docs/operating.md.
ACCOUNT_RATE_LIMITS = {
    "login_failed": env.text("LIMIT_LOGIN_FAILED", "10/m/ip,5/5m/key"),
    "login": env.text("LIMIT_LOGIN", "30/m/ip"),
    "signup": env.text("LIMIT_SIGNUP", "20/m/ip"),
    "request_login_code": env.text("LIMIT_LOGIN_CODE", "20/m/ip,5/15m/key"),
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
SILENCED_SYSTEM_CHECKS = ["account.W001"]  # phone and e-mail both, on purpose: e-mail is required, the phone is not
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
USERSESSIONS_TRACK_ACTIVITY = False
STAFF_IDLE_MINUTES = env.number("STAFF_IDLE_MINUTES", 60)
