"""Users; questions and answers; verification cases with their submissions, evidence, claims and decisions."""

from accounts.models.answers import Answer
from accounts.models.cases import ContentChanged, NotAllowed
from accounts.models.checks import CannedMessage, Check
from accounts.models.claim import Claim, Held
from accounts.models.decision import Decision
from accounts.models.erasure import Erasure
from accounts.models.evidence import Evidence, EvidenceView
from accounts.models.proposal import Proposal, needs_second
from accounts.models.question import Question, QuestionSet
from accounts.models.reason import Reason, ReasonChanged, ReasonVersion
from accounts.models.submission import Submission
from accounts.models.user import User
from accounts.models.verification import Verification, VerificationEvent

__all__ = [
    "Answer",
    "CannedMessage",
    "Check",
    "Claim",
    "ContentChanged",
    "Decision",
    "Erasure",
    "Evidence",
    "EvidenceView",
    "Held",
    "NotAllowed",
    "Proposal",
    "Question",
    "QuestionSet",
    "Reason",
    "ReasonChanged",
    "ReasonVersion",
    "Submission",
    "User",
    "Verification",
    "VerificationEvent",
    "needs_second",
]
