"""The editors' desk in the admin: articles and their revisions, facts, the moderation of comments."""

from articles.admin import article, catalogue, comment, revision

__all__ = ["article", "catalogue", "comment", "revision"]
