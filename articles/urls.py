"""Routes of articles. Everything but the landing, the feed and the sitemap is behind the zone's gate."""

from django.urls import path

from articles import feeds
from articles.views import discussion, landing, reading, reporting, search

PLACE = "zones/<slug:zone>/articles/<slug:slug>/"

urlpatterns = [
    path("feed/", feeds.AbstractsFeed(), name="feed"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("zones/<slug:zone>/", landing.zone, name="zone"),
    path("zones/<slug:zone>/search/", search.search, name="search"),
    path(PLACE, reading.article, name="article"),
    path(f"{PLACE}print/", reading.print_page, name="article-print"),
    path(f"{PLACE}history/", reading.history, name="article-history"),
    path(f"{PLACE}history/<int:number>/", reading.revision, name="article-revision"),
    path(f"{PLACE}comments/", discussion.comments, name="comments"),
    path(f"{PLACE}comments/<uuid:public_id>/delete/", discussion.delete, name="comment-delete"),
    path(f"{PLACE}comments/<uuid:public_id>/report/", reporting.report, name="comment-report"),
]
