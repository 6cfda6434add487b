"""What the health pages say, and to whom."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.models import Notice


def test_live_needs_nothing(client):
    assert client.get("/health/live").content == b"live\n"


@pytest.mark.django_db
def test_ready_when_database_and_cache_answer(client):
    response = client.get("/health/ready")

    assert (response.status_code, response.json()) == (200, {"database": True, "cache": True})


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_the_database(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "/nowhere/at/all")

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["database"] is False


@pytest.mark.django_db
def test_not_ready_without_redis(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["cache"] is False


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Bearer 中文", "Basic test-metrics-token"])
def test_metrics_are_for_those_with_the_token(client, header):
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 403


@pytest.mark.django_db
def test_metrics_are_closed_where_no_token_is_set(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


@pytest.mark.django_db
def test_metrics_count_notices_by_state(client):
    now = timezone.now()
    for number in range(2):
        Notice.objects.create(event_key=f"n{number}", channel="email", address="a@b.c", created_at=now, next_at=now)

    response = client.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})

    assert 'portal_notices{state="NEW"} 2' in response.content.decode()
    assert "portal_notices_oldest_seconds 0" in response.content.decode()
