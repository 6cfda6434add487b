"""What a certificate says was proven, in words."""

from __future__ import annotations

from strategy.rules import Text

PROPERTIES: dict[str, Text] = {
    "gap": Text(
        "每一种不自相矛盾的输入都有答案；原文未覆盖的，答案如实写明「未覆盖」；状态为信息不足的，都指出要补的检查。",
        "Every consistent input has an answer; what the article does not cover is said to be uncovered; where data are "
        "missing, a test is named.",
    ),
    "unreachable": Text(
        "每一行规则、每一项输入检查、每一个推导值和每一个可列选项，都至少对应一位可能的患者。",
        "Every row, input check, derived value and listable option is met by at least one possible patient.",
    ),
    "idle": Text(
        "每一行规则的每一项效果（推荐、提级、降级、排除、提示、未覆盖），去掉它都会改变至少一位患者看到的答案。",
        "Each effect of each row changes the answer of at least one patient when it is taken away.",
    ),
    "contradiction": Text(
        "没有哪一行所推荐的选项在它触发时总被排除；没有条件相同而意见相反的行。",
        "No row recommends what is always ruled out when it fires; no rows with the same condition disagree.",
    ),
    "relisted": Text(
        "正在用的、以前用过的、曾致严重不良反应的药物，从不再次列出。",
        "A drug in use, used before, or that did serious harm is never listed again.",
    ),
    "pregnancy": Text("妊娠期与哺乳期从不列出任何药物。", "No drug is ever listed in pregnancy or lactation."),
    "evidence": Text(
        "列出的每一个选项，都有已知的原文条目作依据。", "Every option listed rests on a known fact of the article."
    ),
    "uncautioned": Text(
        "依据存疑或过时条目的每一行，凡显示其结果，旁边都有指明该条目的编辑注。",
        "Wherever a row resting on a disputed or outdated fact shows its result, its editorial note is beside it.",
    ),
    "invariant": Text(
        "决策模型的每一条不变量（缺什么查什么、未覆盖如实说、安全、编辑判断）对每一位可能的患者都成立。",
        "Each invariant of the decision model holds for every possible patient.",
    ),
}
