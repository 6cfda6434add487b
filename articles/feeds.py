"""For machines that visit without an account: public abstracts as Atom, public pages as a sitemap. Nothing gated."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from articles.models import Article
from portal.models import Zone

NEWEST = 50


class AbstractsFeed(Feed):
    """The newest public abstracts of all zones. Entries lead to the zone's landing."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return settings.SITE_NAME_ZH

    def subtitle(self) -> str:
        return _("各专区文章的公开摘要")

    def link(self) -> str:
        return reverse("home")

    def feed_url(self) -> str:
        return reverse("feed")

    def items(self) -> list[Article]:
        return list(Article.objects.public_abstracts()[:NEWEST])

    def item_title(self, item: Any) -> str:
        return str(item.title_zh)

    def item_description(self, item: Any) -> str:
        return str(item.abstract_zh)

    def item_link(self, item: Any) -> str:
        return reverse("zone", kwargs={"zone": item.zone.slug})

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.public_id}"

    def item_updateddate(self, item: Any) -> datetime:
        return cast(datetime, item.published_at)

    def item_pubdate(self, item: Any) -> datetime:
        return cast(datetime, item.published_at)


class PublicPages(Sitemap):
    """The pages everybody may open."""

    changefreq = "weekly"

    def items(self) -> list[tuple[str, dict[str, str]]]:
        fixed: list[tuple[str, dict[str, str]]] = [("home", {}), ("terms", {}), ("privacy", {})]
        return fixed + [("zone", {"zone": zone.slug}) for zone in Zone.objects.listed()]

    def location(self, item: tuple[str, dict[str, str]]) -> str:
        return reverse(item[0], kwargs=item[1])


def sitemap(request: HttpRequest) -> HttpResponse:
    """sitemap.xml with addresses of this site, whatever host asked."""
    protocol, _sep, domain = settings.SITE_URL.partition("://")
    urls = [
        {"location": f"{protocol}://{domain}{PublicPages().location(item)}", "changefreq": PublicPages.changefreq}
        for item in PublicPages().items()
    ]
    return TemplateResponse(request, "sitemap.xml", {"urlset": urls}, content_type="application/xml")
