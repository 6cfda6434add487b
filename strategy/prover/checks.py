"""What is asked of every rule set: no gap, no dead row, no idle effect, no contradiction, no unsafe listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from strategy.prover.encoding import Component, Effect
from strategy.prover.findings import Finding, found
from strategy.prover.solving import Space, differ
from strategy.rules import REQUIRED, TREATMENTS, Rule, Text

Facts = Mapping[str, str]  # verdict by key
DOUBTFUL = frozenset({"disputed", "outdated"})
REPRODUCTIVE, EXPECTING = "reproductive", ("pregnant", "breastfeeding")
# Drugs among the supportive options: their kind does not tell them from a consultation.
SUPPORTIVE_DRUGS = frozenset({"bone_modifying_agent"})
# Where a rule set says which drug a patient has had, and did badly on.
DRUG_HISTORY = ("last_tki", "earlier_tkis", "severe_tox")
DRUG_OPTION = "tki_"
Check = Callable[[Space, Facts], Iterator[Finding]]


def gaps(space: Space, facts: Facts) -> Iterator[Finding]:
    """Patients left with nothing, or with a status that its list does not bear out."""
    encoded, terms, ruleset = space.encoded, space.terms, space.ruleset
    listed = [encoded.is_listed(option) for option in ruleset.options]
    tests = [encoded.listed[o.key][REQUIRED] for o in ruleset.options.values() if o.kind == "diagnostic"]
    honest = encoded.is_listed(ruleset.fallback)
    told = terms.some(encoded.status[name] for name in ("not_covered", "all_vetoed", "partly_covered"))
    for subject, term, text in (
        ("nothing", terms.negate(terms.some(listed)), Text("没有列出任何选项", "nothing at all is listed")),
        (
            "no-test",
            terms.every([encoded.status["needs_data"], terms.negate(terms.some(tests))]),
            Text("状态为信息不足，却没有指出要补的检查", "more data are asked for, but no test is named"),
        ),
        (
            "silent",
            terms.every([told, terms.negate(honest)]),
            Text("原文未（完全）覆盖，却没有如实列出「未覆盖」", "not (fully) covered, but the answer does not say so"),
        ),
    ):
        patient = space.holds_for(term)
        if patient is not None:
            yield found(ruleset, "gap", subject, text, patient=patient)


def dead_rows(space: Space, facts: Facts) -> Iterator[Finding]:
    """Rows, checks, cases of derived facts and options that no consistent patient ever meets."""
    ruleset, encoded = space.ruleset, space.encoded
    for rule in ruleset.rules:
        if not space.is_possible(space.conditions.fires[rule.key]):
            text = Text(f"没有任何合理的输入能触发「{rule.why.zh}」", f"no consistent input fires “{rule.why.en}”")
            yield found(ruleset, "unreachable", rule.key, text, rules=[rule.key])
    for option in ruleset.options.values():
        if not option.avoid_only and not space.is_possible(encoded.is_listed(option.key)):
            text = Text(f"「{option.label.zh}」永远不会列出", f"“{option.label.en}” is never listed")
            rows = [e.rule for e in encoded.by_target.get(("recommend", option.key), [])]
            yield found(ruleset, "unreachable", f"option:{option.key}", text, rules=rows)
    whole = Space(ruleset, allow_blocked=True)
    for check in ruleset.validations:
        space_of = whole if check.blocks else space
        if not space_of.is_possible(space_of.conditions.checks[check.key]):
            text = Text(f"输入检查「{check.text.zh}」永远不会触发", f"the check “{check.text.en}” never applies")
            yield found(ruleset, "unreachable", f"check:{check.key}", text)
    for (key, value), term in space.conditions.derived.items():
        if not space.is_possible(term):
            label = ruleset.derived[key].label
            text = Text(f"「{label.zh}」永远不会是 {value}", f"“{label.en}” is never {value}")
            yield found(ruleset, "unreachable", f"derived:{key}={value}", text)


def idle_effects(space: Space, facts: Facts) -> Iterator[Finding]:
    """Effects whose removal changes the answer of no patient."""
    base = space.encoded.components()
    rules = {rule.key: rule for rule in space.ruleset.rules}
    for effects in space.encoded.effects.values():
        for effect in effects:
            mutant = space.encoded.without(effect).components()
            if not space.is_possible(differ(space.terms, base, mutant)):
                yield _idle(space, rules[effect.rule], effect)


def _idle(space: Space, rule: Rule, effect: Effect) -> Finding:
    ruleset = space.ruleset
    of_caution = effect.do == "caution"
    label = ruleset.cautions[effect.target].text if of_caution else ruleset.options[effect.target].label
    what = _doing(effect.do)
    text = Text(
        f"「{rule.why.zh}」{what.zh}「{label.zh}」：去掉它，任何患者的答案都不变",
        f"“{rule.why.en}” {what.en} “{label.en}”: without it no patient's answer changes",
    )
    patient = space.holds_for(space.conditions.fires[rule.key])
    return found(ruleset, "idle", f"{effect.do}:{effect.target}", text, rules=[rule.key], patient=patient)


def _doing(do: str) -> Text:
    return {
        "recommend": Text("推荐", "recommends"),
        "promote": Text("提级", "raises"),
        "demote": Text("降级", "lowers"),
        "veto": Text("排除", "rules out"),
        "caution": Text("提示", "warns"),
        "gap": Text("指出未覆盖", "says not covered by"),
    }[do]


def contradictions(space: Space, facts: Facts) -> Iterator[Finding]:
    """A row recommends what is always ruled out when it fires; or rows that fire alike pull an option both ways."""
    for option in space.ruleset.options:
        pulls = [
            effect
            for do in ("recommend", "promote", "demote", "veto")
            for effect in space.encoded.by_target.get((do, option), [])
        ]
        yield from _vain(space, option, pulls)
        for at, one in enumerate(pulls):
            for other in pulls[at + 1 :]:
                if _opposed(one, other) and _alike(space, one.rule, other.rule):
                    yield from _both_ways(space, option, [one.rule, other.rule])


def _vain(space: Space, option: str, pulls: list[Effect]) -> Iterator[Finding]:
    """Recommendations that a veto always meets."""
    terms, fires, label = space.terms, space.conditions.fires, space.ruleset.options[option].label
    vetoers = [effect.rule for effect in pulls if effect.do == "veto"]
    kept = terms.negate(space.encoded.outcomes[option].vetoed)
    for effect in pulls:
        if effect.do != "recommend" or not vetoers or space.is_possible(terms.every([fires[effect.rule], kept])):
            continue
        patient = space.holds_for(fires[effect.rule])
        if patient is not None:  # a dead row is reported as one
            rows = [effect.rule, *(rule for rule in vetoers if _together(space, rule, effect.rule))]
            text = Text(
                f"推荐「{label.zh}」的条目一触发，它就总被排除", f"“{label.en}” is always ruled out when its row fires"
            )
            yield found(space.ruleset, "contradiction", option, text, rules=_once(rows), patient=patient)


def _both_ways(space: Space, option: str, rows: list[str]) -> Iterator[Finding]:
    patient, label = space.holds_for(space.conditions.fires[rows[0]]), space.ruleset.options[option].label
    if patient is not None:
        text = Text(
            f"条件相同的条目对「{label.zh}」意见相反", f"rows with the same condition disagree about “{label.en}”"
        )
        yield found(space.ruleset, "contradiction", f"alike:{option}", text, rules=_once(rows), patient=patient)


def _once(rows: list[str]) -> list[str]:
    return list(dict.fromkeys(rows))


def _opposed(one: Effect, other: Effect) -> bool:
    if one.do == other.do:
        return one.do == "recommend" and one.strength != other.strength
    return {one.do, other.do} != {"recommend", "promote"} and {one.do, other.do} != {"demote", "veto"}


def _together(space: Space, one: str, other: str) -> bool:
    fires = space.conditions.fires
    return space.is_possible(space.terms.every([fires[one], fires[other]]))


def _alike(space: Space, one: str, other: str) -> bool:
    """Whether two rows fire for the same patients."""
    fires, terms = space.conditions.fires, space.terms
    apart = [terms.every([fires[a], terms.negate(fires[b])]) for a, b in ((one, other), (other, one))]
    return one == other or not space.is_possible(terms.some(apart))


def relisted_drugs(space: Space, facts: Facts) -> Iterator[Finding]:
    """A drug that the patient is on, had before, or was harmed by, and that is listed again."""
    encoded, ruleset = space.encoded, space.ruleset
    for option in ruleset.options.values():
        drug = option.key.removeprefix(DRUG_OPTION)
        for key in DRUG_HISTORY:
            if drug == option.key or key not in ruleset.inputs or drug not in ruleset.inputs[key].values:
                continue
            again = space.terms.every([space.conditions.atom(key, drug), encoded.is_listed(option.key)])
            patient = space.holds_for(again)
            if patient is not None:
                label, question = option.label, ruleset.inputs[key].label
                text = Text(
                    f"「{question.zh}」里有这个药，仍列出「{label.zh}」",
                    f"“{label.en}” is listed although {question.en} names it",
                )
                rows = _proposers(space, option.key, again)
                yield found(ruleset, "relisted", f"{option.key}:{key}", text, rules=rows, patient=patient)


def drugs_in_pregnancy(space: Space, facts: Facts) -> Iterator[Finding]:
    """Any drug, combination, local therapy with a drug, or trial listed in pregnancy or lactation."""
    encoded, ruleset = space.encoded, space.ruleset
    if REPRODUCTIVE not in ruleset.inputs:
        return
    question = ruleset.inputs[REPRODUCTIVE]
    for value in (value for value in EXPECTING if value in question.values):
        for option in ruleset.options.values():
            if option.kind in TREATMENTS or option.key in SUPPORTIVE_DRUGS:
                listed = encoded.is_listed(option.key)
                expecting = space.terms.every([space.conditions.atom(REPRODUCTIVE, value), listed])
                patient = space.holds_for(expecting)
                if patient is not None:
                    state = question.values[value]
                    text = Text(
                        f"{state.zh}时仍列出「{option.label.zh}」", f"“{option.label.en}” is listed: {state.en}"
                    )
                    rows = _proposers(space, option.key, expecting)
                    yield found(ruleset, "pregnancy", f"{option.key}:{value}", text, rules=rows, patient=patient)


def options_without_evidence(space: Space, facts: Facts) -> Iterator[Finding]:
    """An option listed where none of the rows that propose it rests on a known fact."""
    encoded, terms, ruleset = space.encoded, space.terms, space.ruleset
    rules = {rule.key: rule for rule in ruleset.rules}
    for option in ruleset.options.values():
        proposals = [e for do in ("recommend", "gap") for e in encoded.by_target.get((do, option.key), [])]
        founded = [e.rule for e in proposals if any(fact in facts for fact in rules[e.rule].facts)]
        if len(founded) == len(proposals):
            continue
        bare = terms.negate(terms.some(space.conditions.fires[rule] for rule in founded))
        proposed = encoded.outcomes[option.key].proposed
        unfounded = terms.every([encoded.is_listed(option.key), proposed, bare])
        patient = space.holds_for(unfounded)
        if patient is not None:
            text = Text(
                f"列出「{option.label.zh}」而没有任何已知的依据", f"“{option.label.en}” is listed without a known fact"
            )
            rows = _proposers(space, option.key, unfounded)
            yield found(ruleset, "evidence", option.key, text, rules=rows, patient=patient)


def uncautioned_rows(space: Space, facts: Facts) -> Iterator[Finding]:
    """A row resting on a disputed or outdated fact, and a card or answer of it without an editorial caution on it."""
    components, terms, ruleset = space.encoded.components(), space.terms, space.ruleset
    for rule in ruleset.rules:
        for fact in (fact for fact in rule.facts if facts.get(fact) in DOUBTFUL):
            names = [c.key for c in ruleset.cautions.values() if c.severity == "editorial" and fact in c.facts]
            bad = [terms.negate(_shown(space, components, ("caution",), names))]
            for option in [o for o, _s in rule.recommends] + list(rule.gaps):
                absent = terms.negate(_shown(space, components, ("card", option), names))
                bad.append(terms.every([space.encoded.is_listed(option), absent]))
            patient = space.holds_for(terms.every([space.conditions.fires[rule.key], terms.some(bad)]))
            if patient is not None:
                text = Text(
                    f"「{rule.why.zh}」依据存疑的条目 {fact}，结果里却没有对应的编辑注",
                    f"“{rule.why.en}” rests on {fact}, which is {facts[fact]}, and its result does not say so",
                )
                yield found(ruleset, "uncautioned", fact, text, rules=[rule.key], patient=patient)


def _shown(space: Space, components: Mapping[Component, Any], place: Component, names: list[str]) -> Any:
    """Where one of these cautions stands at this place of the answer."""
    return space.terms.some(components.get((*place, name), space.terms.false) for name in names)


def _proposers(space: Space, option: str, where: Any) -> list[str]:
    """The rows that propose the option for some patient there: the same in every run, whoever is the example."""
    effects = [e for do in ("recommend", "gap") for e in space.encoded.by_target.get((do, option), [])]
    fires = space.conditions.fires
    return _once([e.rule for e in effects if space.is_possible(space.terms.every([where, fires[e.rule]]))])


CHECKS: dict[str, Check] = {
    "gap": gaps,
    "unreachable": dead_rows,
    "idle": idle_effects,
    "contradiction": contradictions,
    "relisted": relisted_drugs,
    "pregnancy": drugs_in_pregnancy,
    "evidence": options_without_evidence,
    "uncautioned": uncautioned_rows,
}
