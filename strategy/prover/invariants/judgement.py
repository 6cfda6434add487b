"""The judgement calls of the editors (decision model, section 12), as they stand until a clinician decides."""

from strategy.prover.invariants.language import always, never, progressed
from strategy.prover.invariants.safety import ALK_TKIS, SECOND_GENERATION

JUDGEMENT = (
    never(
        "compound",
        "（可能）复合突变：洛拉替尼不为优先，从不无编辑注",
        "compound mutations: lorlatinib is not preferred, nor without its note",
        lambda t: t.all(
            [
                progressed(t),
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
    never(
        "g1202r",
        "G1202R：不列二代药",
        "G1202R: no second-generation drug",
        lambda t: t.all([progressed(t), t.given("alk_mutation", "G1202R"), t.listed(*SECOND_GENERATION)]),
    ),
    never(
        "sclc-io",
        "小细胞方案加免疫至多为探索性",
        "immunotherapy for transformed disease is exploratory at most",
        lambda t: t.stronger("sclc_add_io", "exploratory"),
    ),
    never(
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
    never(
        "met-egfr",
        "MET、EGFR 联合方案至多为可考虑",
        "MET and EGFR combinations: consider at most",
        lambda t: t.any([t.stronger("tki_plus_met", "consider"), t.stronger("tki_plus_egfr", "consider")]),
    ),
    never(
        "off-target-switch",
        "只有旁路激活：单换 ALK-TKI 不为优先",
        "bypass without ALK mutation: no ALK TKI alone is preferred",
        lambda t: t.all(
            [
                progressed(t),
                t.given("off_target", "yes"),
                t.given("on_target", "no"),
                t.listed(*ALK_TKIS, at="preferred"),
            ]
        ),
    ),
    never(
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
    never(
        "combination-tested",
        "抗血管联合：两类机制均有结果才列，单纯 ALK 依赖性与小细胞转化不列",
        "anti-angiogenic combinations: both classes tested, not purely ALK-dependent, no transformation",
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
    never(
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
    never(
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
    never(
        "local-lesions",
        "局部治疗并维持原药：仅限 1–3 个病灶",
        "local therapy with the drug continued: one to three lesions only",
        lambda t: t.all([t.listed("lat_plus_current_tki"), t.no(t.given("lesion_count", "one_to_three"))]),
    ),
    never(
        "trial-names",
        "新一代药物试验从不缺少药名的编辑注",
        "trials of newer drugs never without the note on their names",
        lambda t: t.all([t.listed("trial_next_gen_tki"), t.no(t.on_card("trial_next_gen_tki", "c-4g-names"))]),
    ),
    always(
        "conflict-g1202r",
        "G1202R 与第二步冲突：二代药列为排除",
        "G1202R against step 2: the second generation is shown as ruled out",
        lambda t: t.all([progressed(t), t.given("alk_mutation", "G1202R"), t.given("last_tki", "crizotinib")]),
        lambda t: t.all([t.ruled_out("tki_alectinib"), t.ruled_out("tki_brigatinib")]),
    ),
)
