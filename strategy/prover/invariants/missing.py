"""What is not known is asked for (decision model, section 9: incomplete input)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strategy.prover.invariants.language import Invariant, Terms, always, progressed


def _missing(key: str, zh: str, en: str, test: str, when: Callable[[Terms], Any]) -> Invariant:
    """What is missing is asked for: its test is listed as required."""
    return always(
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
        lambda t: t.all([progressed(t), t.given("progression_pattern", "unknown")]),
    ),
    _missing(
        "lesions",
        "寡进展或局部进展者的病灶数",
        "the number of lesions in oligo or local progression",
        "count_lesions",
        lambda t: t.all(
            [progressed(t), t.given("progression_pattern", "oligo", "local"), t.given("lesion_count", "unknown")]
        ),
    ),
    _missing(
        "ecog",
        "体能状态",
        "performance status",
        "assess_ecog",
        lambda t: t.all([progressed(t), t.given("ecog", "unknown")]),
    ),
    _missing(
        "mechanism",
        "任一类耐药机制",
        "a class of mechanism",
        "ngs_panel",
        lambda t: t.all([progressed(t), t.given("testing_complete", "no")]),
    ),
    _missing(
        "prior",
        "当前用药",
        "the current drug",
        "clarify_prior_tki",
        lambda t: t.all([progressed(t), t.given("last_gen", "unknown")]),
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
        lambda t: t.all([progressed(t), t.given("bypass", "sclc"), t.no(t.given("specimen", "tissue"))]),
    ),
    _missing(
        "cis",
        "两个以上突变是否顺式",
        "whether two mutations are in cis",
        "review_compound",
        lambda t: t.all([progressed(t), t.given("compound_state", "possible")]),
    ),
)
