"""For those who change the code: the embedded default with DEBUG and fresh static files."""

from portal.settings.embedded import *

DEBUG = True
WHITENOISE_AUTOREFRESH = True
