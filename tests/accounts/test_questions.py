"""Questions as forms: every kind, its limits and its words; answers stored with what was asked."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import rfc8785
from django.utils import timezone, translation

from accounts import answers, drafts
from accounts.install import install_profile, install_reasons, install_survey
from accounts.models import Answer, Question, QuestionSet, Reason, Submission
from accounts.questions import QuestionForm
from portal import keys
from portal.purposes import OWNER, purpose
from tests.factories import PROFILE, SURVEY, install_zone, make_draft, make_evidence, make_user, make_zone

pytestmark = pytest.mark.django_db
CHOICES = [{"value": "a", "zh": "甲", "en": "A"}, {"value": "b", "zh": "乙", "en": "B"}]


@pytest.fixture
def question_set():
    zone = make_zone("alk")
    return QuestionSet.objects.create(key="s", scope="SURVEY", zone=zone, title_zh="问", title_en="Q", is_current=True)


def shown_again(draft):
    """What its owner is shown of the draft."""
    with purpose(OWNER, by=draft.owner, of=draft.owner):
        return answers.shown_again(draft)


def make_question(question_set, kind, **fields):
    return Question.objects.create(
        question_set=question_set, key="q", kind=kind, label_zh="问题", label_en="Question", **fields
    )


def ask(question_set, value):
    form = QuestionForm(question_set, {} if value is None else {"q": value})
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("kind", "fields", "value", "stored"),
    [
        ("SHORT_TEXT", {}, "  王  芳 ", "王 芳"),
        ("LONG_TEXT", {}, "第一行\r\n第二行 🙂", "第一行\n第二行 🙂"),
        ("SUGGESTED", {"suggestions": ["肿瘤内科"]}, "不在提示里的科室", "不在提示里的科室"),
        ("SINGLE_CHOICE", {"choices": CHOICES}, "b", "b"),
        ("MULTIPLE_CHOICE", {"choices": CHOICES}, ["a", "b"], ["a", "b"]),
        ("NUMBER", {"min_value": "0", "max_value": "9"}, "7", 7),
        ("NUMBER", {"min_value": "0.5"}, "0.75", 0.75),
        ("DATE", {}, "2026-02-28", "2026-02-28"),
        ("SHORT_TEXT", {"is_required": False}, "", None),
        ("NUMBER", {"is_required": False}, "", None),
        ("DATE", {"is_required": False}, "", None),
        ("MULTIPLE_CHOICE", {"choices": CHOICES, "is_required": False}, [], None),
        ("SHORT_TEXT", {"max_length": 2}, "𠮷野", "𠮷野"),
        ("SHORT_TEXT", {}, "a\u202eb", "ab"),
    ],
)
def test_a_good_answer_of_each_kind_is_cleaned_and_stored(question_set, kind, fields, value, stored):
    make_question(question_set, kind, **fields)

    form = ask(question_set, value)

    assert not form.errors
    assert form.answers() == {"q": stored}


@pytest.mark.parametrize(
    ("kind", "fields", "value", "words"),
    [
        ("SHORT_TEXT", {}, "", "请填写这一项。"),
        ("SHORT_TEXT", {}, " \u200b\t ", "请填写这一项。"),
        ("SHORT_TEXT", {"max_length": 60}, "长" * 600, "最多 60 个字，现在有 600 个。"),
        ("SHORT_TEXT", {"min_length": 2}, "短", "至少 2 个字，现在有 1 个。"),
        ("SHORT_TEXT", {}, "王\x00芳", "含有不可见的控制字符，请删除后重试。"),
        ("SHORT_TEXT", {}, "\ud800", "含有不可见的控制字符，请删除后重试。"),
        ("SHORT_TEXT", {}, "王芳🙂", "这里不能用表情或图形符号，请改用文字。"),
        ("SUGGESTED", {"suggestions": ["一"]}, "❤️", "这里不能用表情或图形符号，请改用文字。"),
        ("SHORT_TEXT", {"pattern": "[0-9]+", "pattern_message_zh": "只填数字。"}, "12a", "只填数字。"),
        ("LONG_TEXT", {"max_length": 1000}, "长" * 10_000, "最多 1000 个字，现在有 10000 个。"),
        ("SINGLE_CHOICE", {"choices": CHOICES}, "", "请选择一项。"),
        ("SINGLE_CHOICE", {"choices": CHOICES}, "c" * 5000, "请在所列的选项中选择。"),
        ("MULTIPLE_CHOICE", {"choices": CHOICES}, [], "请选择一项。"),
        ("MULTIPLE_CHOICE", {"choices": CHOICES}, ["a", "z"], "请在所列的选项中选择。"),
        ("NUMBER", {}, "十二", "请填写整数，例如 12。"),
        ("NUMBER", {}, "1.5", "请填写整数，例如 12。"),
        ("NUMBER", {}, "9" * 5000, "请填写整数，例如 12。"),
        ("NUMBER", {"min_value": "0.5"}, "nan", "请填写数字，例如 12。"),
        ("NUMBER", {"min_value": "0"}, "-1", "不能小于 0。"),
        ("NUMBER", {"max_value": "2000"}, "2001", "不能大于 2000。"),
        ("DATE", {}, "2026-02-30", "请填写日期，写成 2026-06-09 这样。"),
        ("DATE", {}, "昨天", "请填写日期，写成 2026-06-09 这样。"),
        ("DATE", {"min_value": "1970-01-01"}, "1969-12-31", "不能小于 1970-01-01。"),
        ("DATE", {"max_value": "today"}, "2999-01-01", "不能大于 "),
    ],
)
def test_a_bad_answer_is_told_why_in_chinese_and_shown_again(question_set, kind, fields, value, words):
    make_question(question_set, kind, **fields)

    form = ask(question_set, value)

    assert form.errors["q"][0].startswith(words)
    assert form["q"].value() == value


def test_a_value_that_is_no_date_is_shown_in_a_box_that_can_show_it(question_set):
    make_question(question_set, "DATE")

    assert 'type="text"' in str(ask(question_set, "昨天")["q"])
    assert 'type="date"' in str(ask(question_set, "2026-02-28")["q"])


def test_today_is_a_date_that_may_be_answered(question_set):
    make_question(question_set, "DATE", max_value="today")

    assert not ask(question_set, timezone.localdate().isoformat()).errors
    assert ask(question_set, (timezone.localdate() + timedelta(days=1)).isoformat()).errors


def test_few_choices_are_radio_buttons_and_many_a_list(question_set):
    question = make_question(question_set, "SINGLE_CHOICE", choices=CHOICES)
    assert 'type="radio"' in str(QuestionForm(question_set)["q"])

    question.choices = [{"value": str(n), "zh": str(n), "en": str(n)} for n in range(9)]
    question.save()

    assert "<select" in str(QuestionForm(question_set)["q"])


def test_a_choice_that_need_not_be_made_can_be_left(question_set):
    make_question(question_set, "SINGLE_CHOICE", choices=CHOICES, is_required=False)

    form = ask(question_set, "")

    assert not form.errors
    assert form.answers() == {"q": None}


def test_questions_speak_the_readers_language(question_set):
    make_question(question_set, "SINGLE_CHOICE", choices=CHOICES)

    with translation.override("en"):
        form = QuestionForm(question_set)
        assert form["q"].label == "Question"
        assert dict(form.fields["q"].choices) == {"a": "A", "b": "B"}


def test_no_pattern_runs_over_a_text_that_is_too_long(question_set):
    make_question(question_set, "SHORT_TEXT", max_length=20, pattern="(a+)+b")

    assert ask(question_set, "a" * 100_000).errors["q"] == ["最多 20 个字，现在有 100000 个。"]


@pytest.mark.parametrize("number", ["110101199003078515", "１４１１００００００１２３４５", "141100 000012345", "1411"])
def test_an_identity_number_is_no_licence_number_nor_is_what_only_looks_like_one(number):
    install_zone()
    form = QuestionForm(QuestionSet.objects.current_profile(), {**PROFILE, "licence_number": number})

    assert list(form.errors) == ["licence_number"]


def test_the_answers_are_stored_with_the_wording_that_was_asked():
    install_zone()
    draft = make_draft(make_user())

    rows = {row.question.key: row for row in draft.answers.select_related("question")}
    assert set(rows) == set(PROFILE)
    for row in rows.values():
        assert row.wording == row.question.wording()
        assert row.wording_sha256 == hashlib.sha256(rfc8785.dumps(row.wording)).hexdigest()
    assert rows["hospital"].value == "示例市第一人民医院"
    assert rows["hospital"].wording["set"] == "profile/1"


def test_the_licence_number_is_sealed_and_found_again_only_by_its_index():
    install_zone()
    draft = make_draft(make_user())

    row = draft.answers.get(question__key="licence_number")
    assert row.value is None
    assert PROFILE["licence_number"].encode() not in bytes(row.sealed)
    assert draft.licence_index == keys.blind_index("licence", "1411 0000-0012345")
    assert shown_again(draft)["licence_number"] == PROFILE["licence_number"]


def test_a_sealed_answer_dies_with_the_evidence_key():
    install_zone()
    draft = make_draft(make_user())
    keys.destroy(draft.owner, purpose=keys.EVIDENCE, at=timezone.now())

    assert "licence_number" not in shown_again(draft)
    assert shown_again(draft)["name"] == PROFILE["name"]


def test_the_profile_signs_the_persons_comments_and_says_the_profession():
    install_zone()
    person = make_user()
    draft = make_draft(person)

    person.refresh_from_db()
    assert (person.display_name, person.display_title) == ("欧阳明珠", "主治医师，肿瘤内科")
    assert draft.profession == "physician"
    assert draft.is_profile_complete

    make_draft(person, title="无")
    person.refresh_from_db()
    assert person.display_title == "肿瘤内科"


def test_saving_again_replaces_the_answers_and_keeps_one_row_a_question():
    install_zone()
    person = make_user()
    make_draft(person)
    draft = make_draft(person, hospital="另一家医院")

    assert draft.answers.count() == len(PROFILE)
    assert shown_again(draft)["hospital"] == "另一家医院"


def test_a_new_version_of_the_questions_takes_the_place_of_the_old_answers():
    install_zone()
    person = make_user()
    make_draft(person)
    old = QuestionSet.objects.current_profile()
    QuestionSet.objects.filter(pk=old.pk).update(is_current=False)
    new = QuestionSet.objects.create(
        key="profile", number=2, scope="PROFILE", title_zh="完善信息", title_en="-", is_current=True
    )
    for question in old.questions.exclude(key="title"):
        question.pk, question.question_set, question._state.adding = None, new, True
        question.save()
    draft = drafts.draft_of(person)

    assert shown_again(draft)["name"] == PROFILE["name"]
    answers.save_profile(draft, new, {k: v for k, v in PROFILE.items() if k != "title"}, at=timezone.now())

    assert set(draft.answers.values_list("question__question_set__number", flat=True)) == {2}
    assert draft.answers.get(question__key="name").wording["set"] == "profile/2"


def test_what_was_sent_cannot_be_changed_any_more():
    install_zone()
    draft = make_draft(make_user())
    stale = Submission.objects.get(pk=draft.pk)
    make_evidence(draft)
    drafts.send(draft, at=timezone.now())

    with pytest.raises(answers.DraftGone):
        answers.save_profile(stale, stale.question_set, {**PROFILE, "name": "别人"}, at=timezone.now())
    assert stale.answers.get(question__key="name").value == PROFILE["name"]


def test_a_survey_has_a_row_for_every_question_blank_ones_too_and_is_answered_once():
    zone = install_zone()
    person, question_set = make_user(), QuestionSet.objects.current_survey(zone)
    form = QuestionForm(question_set, SURVEY)
    assert form.is_valid(), form.errors

    answers.save_survey(person, zone, question_set, form.answers(), at=timezone.now())
    answers.save_survey(person, zone, question_set, {**form.answers(), "news_source": "别处"}, at=timezone.now())

    rows = dict(Answer.objects.filter(owner=person, zone=zone).values_list("question__key", "value"))
    assert rows == {**SURVEY, "patients_per_year": 12, "tool_lacks": None}


def test_installing_again_changes_nothing():
    zone = install_zone()

    assert (install_profile(), install_survey(zone), install_reasons()) == (False, False, 0)
    assert install_survey(make_zone("no-survey")) is False
    assert Reason.objects.get(code="IDENTITY_CARD").concerns == "evidence"
    assert QuestionSet.objects.count() == 2
