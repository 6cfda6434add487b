"""What the tool must never do (decision model, section 9)."""

from strategy.prover.invariants.language import always, never, progressed
from strategy.rules import REQUIRED, STRENGTHS, TREATMENTS

SECOND_GENERATION = ("tki_alectinib", "tki_brigatinib", "tki_ceritinib", "tki_ensartinib", "tki_iruplinalkib")
ALK_TKIS = (*SECOND_GENERATION, "tki_lorlatinib")


SAFETY = (
    never(
        "avoid-only",
        "克唑替尼、单药免疫、全脑放疗从不列出",
        "what may only be ruled out is never listed",
        lambda t: t.listed(*(o.key for o in t.ruleset.options.values() if o.avoid_only)),
    ),
    never(
        "required",
        "「须做」只用于检查与咨询",
        "“required” is for tests and counselling only",
        lambda t: t.listed(
            *(o.key for o in t.ruleset.options.values() if o.kind in TREATMENTS), at=STRENGTHS[REQUIRED]
        ),
    ),
    always(
        "pregnant",
        "妊娠：须产科与肿瘤科联合会诊",
        "pregnancy: obstetric and oncology consultation is required",
        lambda t: t.all([t.given("reproductive", "pregnant"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.listed("obstetric_mdt", at="required"),
    ),
    always(
        "breastfeeding",
        "哺乳期：须哺乳与治疗的取舍咨询",
        "lactation: counselling is required",
        lambda t: t.all([t.given("reproductive", "breastfeeding"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.listed("stop_breastfeeding", at="required"),
    ),
    always(
        "childbearing",
        "有生育可能：须避孕咨询",
        "childbearing potential: contraception counselling is required",
        lambda t: t.all([t.given("reproductive", "childbearing"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.listed("contraception_counselling", at="required"),
    ),
    always(
        "toxic-current",
        "原药曾致严重不良反应：不列「维持原药」",
        "therapy with the current drug is not listed when it did harm",
        lambda t: t.all([progressed(t), t.given("current_tki_toxic", "yes")]),
        lambda t: t.no(t.listed("lat_plus_current_tki")),
    ),
    always(
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
    always(
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
    always(
        "renal",
        "肾功能不全：从不照原文说无需调整",
        "renal impairment: the article's “no adjustment” is corrected",
        lambda t: t.all([t.given("renal", "mild_moderate", "severe"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.shown("c-renal-label"),
    ),
    always(
        "epilepsy",
        "癫痫：洛拉替尼不为首选，卡片带编辑注",
        "epilepsy: lorlatinib is not preferred, its card says why",
        lambda t: t.all([t.given("epilepsy", "yes"), t.listed("tki_lorlatinib")]),
        lambda t: t.all(
            [t.no(t.stronger("tki_lorlatinib", "consider")), t.on_card("tki_lorlatinib", "c-epilepsy-conflict")]
        ),
    ),
    always(
        "epilepsy-crizotinib",
        "癫痫：克唑替尼列为排除",
        "epilepsy: crizotinib is shown as ruled out",
        lambda t: t.all([progressed(t), t.given("epilepsy", "yes")]),
        lambda t: t.ruled_out("tki_crizotinib"),
    ),
    always(
        "wish",
        "只接受支持治疗：支持治疗优先，靶向药不为优先",
        "supportive care only: it is preferred and no ALK TKI is",
        lambda t: t.all([progressed(t), t.given("preference", "supportive_only")]),
        lambda t: t.all([t.listed("best_supportive_care", at="preferred"), t.no(t.listed(*ALK_TKIS, at="preferred"))]),
    ),
)
