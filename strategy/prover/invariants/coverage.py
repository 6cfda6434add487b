"""What the article does not cover is said (decision model, section 9: not covered, scope)."""

from strategy.prover.invariants.language import always, never, progressed

COVERAGE = (
    always(
        "other-bypass",
        "原文没有给药物的旁路：如实说明未覆盖",
        "a bypass the article has no drug for is said to be uncovered",
        lambda t: t.all([progressed(t), t.given("bypass", "egfr_amp", "ros1_alt", "pi3k_pathway", "other_bypass")]),
        lambda t: t.all([t.gap, t.shown("c-off-unsupported")]),
    ),
    always(
        "both-mechanisms",
        "两类机制并存：给出编辑注",
        "both classes of mechanism carry an editorial caution",
        lambda t: t.all([progressed(t), t.given("mechanism", "both")]),
        lambda t: t.shown("c-mixed-mechanism"),
    ),
    always(
        "leptomeningeal",
        "脑膜转移：说明未覆盖并给出编辑注",
        "leptomeningeal disease is said to be uncovered",
        lambda t: t.all([t.given("leptomeningeal", "yes"), t.no(t.given("disease_state", "unknown"))]),
        lambda t: t.all([t.gap, t.shown("c-leptomeningeal")]),
    ),
    always(
        "after-lorlatinib",
        "洛拉替尼失败（广泛进展、未达二线失败）：说明框架没有条目",
        "failure of lorlatinib is said to be uncovered",
        lambda t: t.all(
            [
                progressed(t),
                t.given("last_gen", "g3"),
                t.given("progression_pattern", "widespread", "unknown"),
                t.given("failed_lines", "one", "unknown"),
            ]
        ),
        lambda t: t.all([t.gap, t.shown("c-no-row-after-3g")]),
    ),
    always(
        "brain-after-lorlatinib",
        "洛拉替尼后脑转移进展（非寡）：说明未覆盖",
        "brain progression after lorlatinib is said to be uncovered",
        lambda t: t.all(
            [
                progressed(t),
                t.given("last_gen", "g3"),
                t.given("bm_present", "yes"),
                t.no(t.given("bm_burden", "oligo")),
            ]
        ),
        lambda t: t.all([t.gap, t.shown("c-no-row-after-3g")]),
    ),
    always(
        "unnamed-drug",
        "原文未提及的 ALK-TKI：说明未覆盖",
        "a drug the article does not name is said to be uncovered",
        lambda t: t.all([progressed(t), t.given("last_tki", "other")]),
        lambda t: t.all([t.gap, t.shown("c-unclassified-tki")]),
    ),
    always(
        "symptomatic-brain",
        "颅内症状：MDT 与编辑注",
        "intracranial symptoms: MDT and the editorial caution",
        lambda t: t.all(
            [t.given("bm_present", "yes"), t.given("bm_symptoms", "present"), t.no(t.given("disease_state", "unknown"))]
        ),
        lambda t: t.all([t.listed("mdt"), t.shown("c-symptomatic-bm")]),
    ),
    always(
        "provisional",
        "还有须补的检查时，状态不会是「有对应条目」",
        "the status is never “covered” while a required test is outstanding",
        lambda t: t.listed(*t.kinds("diagnostic"), at="required"),
        lambda t: t.no(t.status("ok")),
    ),
    always(
        "naive-scope",
        "初治者的药物总带适用范围的编辑注",
        "drugs for the untreated carry the note on scope",
        lambda t: t.all([t.given("disease_state", "tki_naive"), t.listed(*t.kinds("systemic", "local", "trial"))]),
        lambda t: t.shown("c-scope-naive"),
    ),
    never(
        "no-state-no-drug",
        "阶段未知或稳定者不列治疗",
        "no treatment is listed for the stable or while the stage is unknown",
        lambda t: t.all(
            [t.given("disease_state", "unknown", "on_tki_stable"), t.listed(*t.kinds("systemic", "local", "trial"))]
        ),
    ),
    always(
        "mdt",
        "进展、初治或阶段未知者总有 MDT",
        "MDT for every progressed, untreated or unplaced patient",
        lambda t: t.given("disease_state", "progressed", "tki_naive", "unknown"),
        lambda t: t.listed("mdt"),
    ),
)
