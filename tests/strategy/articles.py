"""The article that the small rule set rests on, and a later revision of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from articles.models import Article, Revision
from articles.models.revision import TEXTS
from portal.workflow import Move
from strategy.demo import ARTICLE

FIRST, SECOND = "b-aaaaaaaa", "b-bbbbbbbb"
BODY = (
    f'<p id="{FIRST}">一句<span data-fact="f-ok">有依据的话</span>。</p>'
    f'<p id="{SECOND}">另一句<span data-fact="f-disputed">存疑的话</span>。</p>'
)


def install(zone: Any, body: str = BODY) -> Article:
    """Publish the first revision, as the installer does."""
    article = Article.objects.create(zone=zone, slug=ARTICLE, title_zh="文章")
    draft = Revision(article=article, author=None, title_zh="文章", body=body, created_at=timezone.now())
    draft._begin(Move(actor=None, at=timezone.now(), kind="revision.started"))
    draft.install(at=timezone.now())
    return article


def revise(article: Article, author: Any, second: Any, body: str) -> Revision:
    """Publish another wording, by two people."""
    article.refresh_from_db()
    draft = Revision.start(article, by=author, at=timezone.now())
    texts = {name: getattr(article, name) for name in TEXTS}
    draft.rewrite(by=author, seen=draft.version, texts=texts, body=body, note="改一句", at=timezone.now())
    draft.submit(by=author, seen=draft.version, at=timezone.now())
    draft.approve(by=second, seen=draft.version, at=timezone.now())
    return draft
