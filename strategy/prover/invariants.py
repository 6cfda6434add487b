"""The invariants of the decision model (its sections 9, 10 and 12), each as words and as the patients who break it.

A rule set without a name that an invariant speaks of is not asked about it; the certificate lists what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from strategy.prover.checks import Facts
from strategy.prover.findings import Finding, found
from strategy.prover.solving import Space
from strategy.rules import REQUIRED, STRENGTHS, TREATMENTS, Text

SECOND_GENERATION = ("tki_alectinib", "tki_brigatinib", "tki_ceritinib", "tki_ensartinib", "tki_iruplinalkib")
ALK_TKIS = (*SECOND_GENERATION, "tki_lorlatinib")


class NotAsked(LookupError):
    """The rule set lacks a name the invariant speaks of."""


class Terms:
    """The words in which invariants are written; all return terms over the patients of the space."""

    def __init__(self, space: Space) -> None:
        self._space, self._encoded, self.ruleset = space, space.encoded, space.ruleset
        self._components = space.encoded.components()
        self.all, self.any, self.no = space.terms.every, space.terms.some, space.terms.negate

    def given(self, key: str, *values: str) -> Any:
        """An input or derived fact has one of these values."""
        known = self.ruleset.vocabulary.values.get(key, ())
        if not set(values) <= set(known):
            raise NotAsked(key)
        return self._space.conditions.any_of(key, values)

    def listed(self, *options: str, at: str = "") -> Any:
        """One of the options is listed (at this strength)."""
        for option in options:
            if option not in self.ruleset.options:
                raise NotAsked(option)
        if not at:
            return self.any(self._encoded.is_listed(option) for option in options)
        return self.any(self._encoded.listed[option][STRENGTHS.index(at)] for option in options)

    def stronger(self, option: str, than: str) -> Any:
        return self.any(self.listed(option, at=name) for name in STRENGTHS[: STRENGTHS.index(than)])

    def ruled_out(self, option: str) -> Any:
        if option not in self.ruleset.options:
            raise NotAsked(option)
        return self._encoded.outcomes[option].vetoed

    def shown(self, caution: str) -> Any:
        if caution not in self.ruleset.cautions:
            raise NotAsked(caution)
        return self._components["caution", caution]

    def on_card(self, option: str, caution: str) -> Any:
        if caution not in self.ruleset.cautions:
            raise NotAsked(caution)
        return self._components.get(("card", option, caution), self._space.terms.false)

    def status(self, *names: str) -> Any:
        return self.any(self._encoded.status[name] for name in names)

    def kinds(self, *kinds: str) -> tuple[str, ...]:
        return tuple(option.key for option in self.ruleset.options.values() if option.kind in kinds)

    @property
    def gap(self) -> Any:
        """Not covered, and said so."""
        return self.listed(self.ruleset.fallback)


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold for every patient; `broken` is where it does not."""

    key: str
    text: Text
    broken: Callable[[Terms], Any]


def _always(key: str, zh: str, en: str, when: Callable[[Terms], Any], then: Callable[[Terms], Any]) -> Invariant:
    return Invariant(key, Text(zh, en), lambda t: t.all([when(t), t.no(then(t))]))


def _never(key: str, zh: str, en: str, what: Callable[[Terms], Any]) -> Invariant:
    return Invariant(key, Text(zh, en), what)


def _progressed(t: Terms) -> Any:
    return t.given("disease_state", "progressed")


def _missing(key: str, zh: str, en: str, test: str, when: Callable[[Terms], Any]) -> Invariant:
    """What is missing is asked for: its test is listed as required."""
    return _always(
        f"missing-{key}",
        f"{zh}未知时，列出须补的检查",
        f"when {en} is unknown its test is required",
        when,
        lambda t: t.listed(test, at="required"),
    )


MISSING = (
    _missing("state", "当前阶段", "the stage", "clarify_disease_state", lambda t: t.given("disease_state", "unknown")),
    _missing(
        "pattern",
        "进展模式",
        "the pattern",
        "define_pattern",
        lambda t: t.all([_progressed(t), t.given("progression_pattern", "unknown")]),
    ),
    _missing(
        "lesions",
        "寡进展或局部进展者的病灶数",
        "the number of lesions in oligo or local progression",
        "count_lesions",
        lambda t: t.all(
            [_progressed(t), t.given("progression_pattern", "oligo", "local"), t.given("lesion_count", "unknown")]
        ),
    ),
    _missing(
        "ecog",
        "体能状态",
        "performance status",
        "assess_ecog",
        lambda t: t.all([_progressed(t), t.given("ecog", "unknown")]),
    ),
    _missing(
        "mechanism",
        "任一类耐药机制",
        "a class of mechanism",
        "ngs_panel",
        lambda t: t.all([_progressed(t), t.given("testing_complete", "no")]),
    ),
    _missing(
        "prior",
        "当前用药",
        "the current drug",
        "clarify_prior_tki",
        lambda t: t.all([_progressed(t), t.given("last_gen", "unknown")]),
    ),
    _missing(
        "brain",
        "脑转移状态",
        "the brain status",
        "brain_mri_now",
        lambda t: t.all([t.given("disease_state", "progressed", "tki_naive"), t.given("bm_status", "unknown")]),
    ),
    _missing(
        "burden",
        "有脑转移者的负荷",
        "the burden of brain metastases",
        "assess_bm_burden",
        lambda t: t.all(
            [
                t.given("disease_state", "progressed", "tki_naive"),
                t.given("bm_present", "yes"),
                t.given("bm_burden", "unknown"),
            ]
        ),
    ),
    _missing(
        "sclc-tissue",
        "小细胞转化的组织学",
        "the histology of a transformation",
        "tissue_rebiopsy",
        lambda t: t.all([_progressed(t), t.given("bypass", "sclc"), t.no(t.given("specimen", "tissue"))]),
    ),
    _missing(
        "cis",
        "两个以上突变是否顺式",
        "whether two mutations are in cis",
        "review_compound",
        lambda t: t.all([_progressed(t), t.given("compound_state", "possible")]),
    ),
)

COVERAGE = (
    _always(
        "other-bypass",
        "原文没有给药物的旁路：如实说明未覆盖",
        "a bypass the article has no drug for is said to be uncovered",
        lambda t: t.all([_progressed(t), t.given("bypass", "egfr_amp", "ros1_alt", "pi3k_pathway", "other_bypass")]),
        lambda t: t.all([t.gap, t.shown("c-off-unsupported")]),
    ),
    _always(
        "both-mechanisms",
        "两类机制并存：给出编辑注",
        "both classes of mechanism carry an editorial caution",
        lambda t: t.all([_progressed(t), t.given("mechanism", "both")]),
        lambda t: t.shown("c-mixed-mechanism"),
    ),
    _always(
        "leptomeningeal",
        "脑膜转移：说明未覆盖并给出编辑注",
        "leptomeningeal disease is said to be uncovered",
        lambda t: t.all([t.given("leptomeningeal", "yes"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.all([t.gap, t.shown("c-leptomeningeal")]),
    ),
    _always(
        "after-lorlatinib",
        "洛拉替尼失败（广泛进展、未达二线失败）：说明框架没有条目",
        "failure of lorlatinib is said to be uncovered",
        lambda t: t.all(
            [
                _progressed(t),
                t.given("last_gen", "g3"),
                t.given("progression_pattern", "widespread", "unknown"),
                t.given("failed_lines", "one", "unknown"),
            ]
        ),
        lambda t: t.all([t.gap, t.shown("c-no-row-after-3g")]),
    ),
    _always(
        "brain-after-lorlatinib",
        "洛拉替尼后脑转移进展（非寡）：说明未覆盖",
        "brain progression after lorlatinib is said to be uncovered",
        lambda t: t.all(
            [
                _progressed(t),
                t.given("last_gen", "g3"),
                t.given("bm_present", "yes"),
                t.no(t.given("bm_burden", "oligo")),
            ]
        ),
        lambda t: t.all([t.gap, t.shown("c-no-row-after-3g")]),
    ),
    _always(
        "unnamed-drug",
        "原文未提及的 ALK-TKI：说明未覆盖",
        "a drug the article does not name is said to be uncovered",
        lambda t: t.all([_progressed(t), t.given("last_tki", "other")]),
        lambda t: t.all([t.gap, t.shown("c-unclassified-tki")]),
    ),
    _always(
        "symptomatic-brain",
        "颅内症状：MDT 与编辑注",
        "intracranial symptoms: MDT and the editorial caution",
        lambda t: t.all(
            [t.given("bm_present", "yes"), t.given("bm_symptoms", "present"), t.no(t.given("disease_state", "unknown"))]
        ),
        lambda t: t.all([t.listed("mdt"), t.shown("c-symptomatic-bm")]),
    ),
    _always(
        "provisional",
        "还有须补的检查时，状态不会是「有对应条目」",
        "the status is never “covered” while a required test is outstanding",
        lambda t: t.listed(*t.kinds("diagnostic"), at="required"),
        lambda t: t.no(t.status("ok")),
    ),
    _always(
        "naive-scope",
        "初治者的药物总带适用范围的编辑注",
        "drugs for the untreated carry the note on scope",
        lambda t: t.all([t.given("disease_state", "tki_naive"), t.listed(*t.kinds("systemic", "local", "trial"))]),
        lambda t: t.shown("c-scope-naive"),
    ),
    _never(
        "no-state-no-drug",
        "阶段未知或稳定者不列治疗",
        "no treatment is listed for the stable or while the stage is unknown",
        lambda t: t.all(
            [t.given("disease_state", "unknown", "on_tki_stable"), t.listed(*t.kinds("systemic", "local", "trial"))]
        ),
    ),
    _always(
        "mdt",
        "进展、初治或阶段未知者总有 MDT",
        "MDT for every progressed, untreated or unplaced patient",
        lambda t: t.given("disease_state", "progressed", "tki_naive", "unknown"),
        lambda t: t.listed("mdt"),
    ),
)

SAFETY = (
    _never(
        "avoid-only",
        "克唑替尼、单药免疫、全脑放疗从不列出",
        "what may only be ruled out is never listed",
        lambda t: t.listed(*(o.key for o in t.ruleset.options.values() if o.avoid_only)),
    ),
    _never(
        "required",
        "「须做」只用于检查与咨询",
        "“required” is for tests and counselling only",
        lambda t: t.listed(
            *(o.key for o in t.ruleset.options.values() if o.kind in TREATMENTS), at=STRENGTHS[REQUIRED]
        ),
    ),
    _always(
        "pregnant",
        "妊娠：须产科与肿瘤科联合会诊",
        "pregnancy: obstetric and oncology consultation is required",
        lambda t: t.all([t.given("reproductive", "pregnant"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.listed("obstetric_mdt", at="required"),
    ),
    _always(
        "breastfeeding",
        "哺乳期：须哺乳与治疗的取舍咨询",
        "lactation: counselling is required",
        lambda t: t.all([t.given("reproductive", "breastfeeding"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.listed("stop_breastfeeding", at="required"),
    ),
    _always(
        "childbearing",
        "有生育可能：须避孕咨询",
        "childbearing potential: contraception counselling is required",
        lambda t: t.all([t.given("reproductive", "childbearing"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.listed("contraception_counselling", at="required"),
    ),
    _always(
        "toxic-current",
        "原药曾致严重不良反应：不列「维持原药」",
        "therapy with the current drug is not listed when it did harm",
        lambda t: t.all([_progressed(t), t.given("current_tki_toxic", "yes")]),
        lambda t: t.no(t.listed("lat_plus_current_tki")),
    ),
    _always(
        "toxic-combination",
        "有致严重不良反应的药物而列联合方案：提示联合中不得选用",
        "combinations warn of a drug that did harm",
        lambda t: t.all(
            [
                t.given(
                    "severe_tox",
                    "crizotinib",
                    "ceritinib",
                    "alectinib",
                    "brigatinib",
                    "ensartinib",
                    "iruplinalkib",
                    "lorlatinib",
                ),
                t.listed(
                    "tki_plus_met",
                    "tki_plus_egfr",
                    "tki_plus_matched",
                    "tki_plus_platinum_chemo",
                    "tki_plus_antiangiogenic",
                ),
            ]
        ),
        lambda t: t.shown("c-tox-combo"),
    ),
    _always(
        "organ",
        "肝肾功能不全：核对说明书",
        "impaired organ function: check the labels",
        lambda t: t.all(
            [
                t.any([t.given("hepatic", "impaired"), t.given("renal", "mild_moderate", "severe")]),
                t.no(t.given("disease_state", "unknown")),
            ]
        ),
        lambda t: t.listed("label_check"),
    ),
    _always(
        "renal",
        "肾功能不全：从不照原文说无需调整",
        "renal impairment: the article's “no adjustment” is corrected",
        lambda t: t.all([t.given("renal", "mild_moderate", "severe"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.shown("c-renal-label"),
    ),
    _always(
        "epilepsy",
        "癫痫：洛拉替尼不为首选，卡片带编辑注",
        "epilepsy: lorlatinib is not preferred, its card says why",
        lambda t: t.all([t.given("epilepsy", "yes"), t.listed("tki_lorlatinib")]),
        lambda t: t.all(
            [t.no(t.stronger("tki_lorlatinib", "consider")), t.on_card("tki_lorlatinib", "c-epilepsy-conflict")]
        ),
    ),
    _always(
        "epilepsy-crizotinib",
        "癫痫：克唑替尼列为排除",
        "epilepsy: crizotinib is shown as ruled out",
        lambda t: t.all([_progressed(t), t.given("epilepsy", "yes")]),
        lambda t: t.ruled_out("tki_crizotinib"),
    ),
    _always(
        "wish",
        "只接受支持治疗：支持治疗优先，靶向药不为优先",
        "supportive care only: it is preferred and no ALK TKI is",
        lambda t: t.all([_progressed(t), t.given("preference", "supportive_only")]),
        lambda t: t.all([t.listed("best_supportive_care", at="preferred"), t.no(t.listed(*ALK_TKIS, at="preferred"))]),
    ),
)

JUDGEMENT = (
    _never(
        "compound",
        "（可能）复合突变：洛拉替尼不为优先，从不无编辑注",
        "compound mutations: lorlatinib is not preferred, nor without its note",
        lambda t: t.all(
            [
                _progressed(t),
                t.given("compound_state", "yes", "possible"),
                t.any(
                    [
                        t.listed("tki_lorlatinib", at="preferred"),
                        t.all([t.listed("tki_lorlatinib"), t.no(t.on_card("tki_lorlatinib", "c-compound"))]),
                    ]
                ),
            ]
        ),
    ),
    _never(
        "g1202r",
        "G1202R：不列二代药",
        "G1202R: no second-generation drug",
        lambda t: t.all([_progressed(t), t.given("alk_mutation", "G1202R"), t.listed(*SECOND_GENERATION)]),
    ),
    _never(
        "sclc-io",
        "小细胞方案加免疫至多为探索性",
        "immunotherapy for transformed disease is exploratory at most",
        lambda t: t.stronger("sclc_add_io", "exploratory"),
    ),
    _never(
        "io-combination",
        "免疫联合仅为探索性，且仅限二线及以上失败",
        "immunotherapy combinations: exploratory, after two lines",
        lambda t: t.any(
            [
                t.stronger("trial_io_combo", "exploratory"),
                t.all([t.listed("trial_io_combo"), t.no(t.given("failed_lines", "two_plus"))]),
            ]
        ),
    ),
    _never(
        "met-egfr",
        "MET、EGFR 联合方案至多为可考虑",
        "MET and EGFR combinations: consider at most",
        lambda t: t.any([t.stronger("tki_plus_met", "consider"), t.stronger("tki_plus_egfr", "consider")]),
    ),
    _never(
        "off-target-switch",
        "只有旁路激活：单换 ALK-TKI 不为优先",
        "bypass without ALK mutation: no ALK TKI alone is preferred",
        lambda t: t.all(
            [
                _progressed(t),
                t.given("off_target", "yes"),
                t.given("on_target", "no"),
                t.listed(*ALK_TKIS, at="preferred"),
            ]
        ),
    ),
    _never(
        "second-after-third",
        "洛拉替尼之后二代药至多为可考虑",
        "after lorlatinib second-generation drugs: consider at most",
        lambda t: t.all(
            [
                t.given("last_gen", "g3"),
                t.any(t.stronger(option, "consider") for option in ("tki_alectinib", "tki_brigatinib")),
            ]
        ),
    ),
    _never(
        "combination-tested",
        "抗血管联合：两类机制均有结果才列，单纯 ALK 依赖性与小细胞转化不列",
        "anti-angiogenic combinations: after both classes are tested, not for purely ALK-dependent findings or transformation",
        lambda t: t.all(
            [
                t.listed("tki_plus_antiangiogenic"),
                t.any(
                    [
                        t.given("testing_complete", "no"),
                        t.given("mechanism", "alk_dependent"),
                        t.given("bypass", "sclc"),
                    ]
                ),
            ]
        ),
    ),
    _never(
        "supportive-care",
        "支持治疗为优先，仅限多线失败且体能差，或患者意愿",
        "supportive care is preferred only after several lines in poor status, or by wish",
        lambda t: t.all(
            [
                t.listed("best_supportive_care", at="preferred"),
                t.no(t.given("preference", "supportive_only")),
                t.no(t.all([t.given("failed_lines", "two_plus"), t.given("ecog", "ecog_3_4")])),
            ]
        ),
    ),
    _never(
        "domestic",
        "恩沙替尼、伊鲁阿克：仅在克唑替尼后且费用受限时列出",
        "ensartinib and iruplinalkib: after crizotinib and under a cost constraint only",
        lambda t: t.all(
            [
                t.listed("tki_ensartinib", "tki_iruplinalkib"),
                t.no(t.all([t.given("last_tki", "crizotinib"), t.given("cost_constraint", "yes")])),
            ]
        ),
    ),
    _never(
        "local-lesions",
        "局部治疗并维持原药：仅限 1–3 个病灶",
        "local therapy with the drug continued: one to three lesions only",
        lambda t: t.all([t.listed("lat_plus_current_tki"), t.no(t.given("lesion_count", "one_to_three"))]),
    ),
    _never(
        "trial-names",
        "新一代药物试验从不缺少药名的编辑注",
        "trials of newer drugs never without the note on their names",
        lambda t: t.all([t.listed("trial_next_gen_tki"), t.no(t.on_card("trial_next_gen_tki", "c-4g-names"))]),
    ),
    _always(
        "conflict-g1202r",
        "G1202R 与第二步冲突：二代药列为排除",
        "G1202R against step 2: the second generation is shown as ruled out",
        lambda t: t.all([_progressed(t), t.given("alk_mutation", "G1202R"), t.given("last_tki", "crizotinib")]),
        lambda t: t.all([t.ruled_out("tki_alectinib"), t.ruled_out("tki_brigatinib")]),
    ),
)
INVARIANTS = (*MISSING, *COVERAGE, *SAFETY, *JUDGEMENT)


def asked(space: Space) -> Iterator[tuple[Invariant, Any]]:
    """The invariants this rule set can be asked about, with the term of who breaks each."""
    terms = Terms(space)
    for invariant in INVARIANTS:
        try:
            yield invariant, invariant.broken(terms)
        except NotAsked:
            continue


def broken_invariants(space: Space, facts: Facts) -> Iterator[Finding]:
    """Each invariant of the decision model that fails for some patient."""
    for invariant, broken in asked(space):
        patient = space.holds_for(broken)
        if patient is not None:
            zh = f"应当：{invariant.text.zh}。这位患者不是这样"
            yield found(
                space.ruleset,
                "invariant",
                invariant.key,
                Text(zh, f"should: {invariant.text.en}; not so here"),
                patient=patient,
            )
