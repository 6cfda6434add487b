"""A post that is no whole form is refused in words: it never passes for a patient of whom nothing is known."""

import html

import pytest
from django.test import Client

from tests.strategy.conftest import TOOL

pytestmark = pytest.mark.django_db

FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
FIELD = b'--x\r\nContent-Disposition: form-data; name="last_tki"\r\n\r\nalectinib'
REFUSED = [
    (b'{"last_tki": "alectinib"}', "application/json", 415),
    (b"last_tki=alectinib", "text/plain", 415),
    (b"\x00\x01", "application/octet-stream", 415),
    (b"last_tki=alectinib", "", 415),
    (b'{"last_tki": "alectinib"}', FORM, 400),
    (b"garbage", PARTS, 400),
    (FIELD, PARTS, 400),  # breaks off inside a field
    (FIELD + b"\r\n--x\r\nContent-Dispo", PARTS, 400),  # between two
    (FIELD + b"\r\n--y--\r\n", PARTS, 400),  # another boundary
]
FORMS = [
    (b"", ""),  # what a browser sends of a form in which nothing was chosen
    (b"", FORM),
    (b"&&", FORM),
    (b"idempotency_key=1", FORM),
    (b"csrfmiddlewaretoken=x", FORM),
    (b"--x--\r\n", PARTS),
    (FIELD + b"\r\n--x--\r\n", PARTS),
    (b"last_tki=alectinib", f"{FORM}; charset=utf-8"),
]


@pytest.mark.parametrize("is_part", [False, True])
@pytest.mark.parametrize(("body", "kind", "status"), REFUSED)
def test_what_is_no_whole_form_is_refused_in_words(reader, body, kind, status, is_part):
    headers = {"HX-Request": "true"} if is_part else {}
    response = reader.generic("POST", TOOL, body, content_type=kind, headers=headers)

    assert response.status_code == status
    assert "未作任何计算" in response.content.decode()
    assert "data-status" not in response.content.decode()


@pytest.mark.parametrize(("body", "kind"), FORMS)
def test_a_form_with_no_known_field_is_a_patient_of_whom_nothing_is_known(reader, body, kind):
    response = reader.generic("POST", TOOL, body, content_type=kind)

    assert response.status_code == 200
    assert 'data-status="needs_data"' in html.unescape(response.content.decode())


def test_the_token_is_still_asked_of_every_form(clinician, rule_set):
    client = Client(enforce_csrf_checks=True)
    client.force_login(clinician)
    client.get(TOOL)
    token = client.cookies["csrftoken"].value

    assert client.generic("POST", TOOL, b"last_tki=alectinib", content_type=FORM).status_code == 403
    header = {"X-CSRFToken": token}
    assert client.generic("POST", TOOL, b"last_tki=alectinib", content_type=FORM, headers=header).status_code == 200
    assert client.generic("POST", TOOL, b"{}", content_type="application/json", headers=header).status_code == 415


def test_asking_for_the_head_gives_the_head_of_the_form_and_other_methods_are_named(reader):
    assert reader.head(TOOL).status_code == 200
    for method in ("OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"):
        response = reader.generic(method, TOOL)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, POST")
