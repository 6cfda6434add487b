"""Users; questions and answers; verification cases with their submissions, evidence, claims and decisions."""

from accounts.models.answers import Answer
from accounts.models.checks import CannedMessage, Check
from accounts.models.claim import Claim, Held
from accounts.models.decision import Decision, Reason
from accounts.models.erasure import Erasure
from accounts.models.evidence import Evidence, EvidenceView
from accounts.models.question import Question, QuestionSet
from accounts.models.submission import Submission
from accounts.models.user import User
from accounts.models.verification import NotAllowed, Verification, VerificationEvent

__all__ = [
    "Answer",
    "CannedMessage",
    "Check",
    "Claim",
    "Decision",
    "Erasure",
    "Evidence",
    "EvidenceView",
    "Held",
    "NotAllowed",
    "Question",
    "QuestionSet",
    "Reason",
    "Submission",
    "User",
    "Verification",
    "VerificationEvent",
]
