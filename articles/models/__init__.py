"""Facts and references; articles, revisions and their blocks, corrections; comments."""

from articles.models.article import Article
from articles.models.block import Block
from articles.models.comment import Comment
from articles.models.correction import Correction, LastRead
from articles.models.fact import Fact, FactEvidence, Reference
from articles.models.report import Report
from articles.models.revision import Revision, RevisionEvent

__all__ = [
    "Article",
    "Block",
    "Comment",
    "Correction",
    "Fact",
    "FactEvidence",
    "LastRead",
    "Reference",
    "Report",
    "Revision",
    "RevisionEvent",
]
