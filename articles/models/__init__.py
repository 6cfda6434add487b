"""Facts and references; articles, revisions and their blocks; comments."""

from articles.models.article import Article
from articles.models.block import Block
from articles.models.comment import Comment
from articles.models.fact import Fact, FactEvidence, Reference
from articles.models.revision import Revision, RevisionEvent

__all__ = ["Article", "Block", "Comment", "Fact", "FactEvidence", "Reference", "Revision", "RevisionEvent"]
