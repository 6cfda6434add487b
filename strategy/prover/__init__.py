"""The prover: what a rule set does over its whole input space, shown or refuted with a patient. No Django, no clock.

Reading order: algebra → encoding → space → solving → checks → proof; grid and impact count. z3 is imported by
solving.py only, and only in the child process that proves.
"""

# Raised by hand when what is proven changes: a certificate of another version is no longer the current one.
PROVER_VERSION = "1"
