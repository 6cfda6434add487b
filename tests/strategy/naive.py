"""A second evaluator over the plain YAML, from the decision model's prose; it shares no code with the engine."""

from __future__ import annotations

from typing import Any

LEVELS = ["required", "preferred", "consider", "exploratory"]
GRAVITY = ["contraindication", "caution", "editorial", "info"]


def true(when: dict[str, Any], known: dict[str, list[str]]) -> bool:
    """Whether a condition of the YAML holds for these values."""
    for key, wanted in when.items():
        if key == "or":
            if not [branch for branch in wanted if true(branch, known)]:
                return False
        elif key == "not":
            if true(wanted, known):
                return False
        elif isinstance(wanted, list):
            if known[key][0] not in wanted:
                return False
        else:
            if "any" in wanted and not set(wanted["any"]) & set(known[key]):
                return False
            if "none" in wanted and set(wanted["none"]) & set(known[key]):
                return False
            if "at_least" in wanted:
                listed = wanted["at_least"]
                if len(set(listed["of"]) & set(known[key])) < listed["n"]:
                    return False
    return True


def naive(data: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """Status, options with strength in order, ruled-out and cautions."""
    known = {i["key"]: inputs.get(i["key"]) or ["unknown"] for i in data["inputs"]}
    known = {key: value if isinstance(value, list) else [value] for key, value in known.items()}
    blocked = [
        i["key"]
        for i in data["inputs"]
        if i["type"] == "multi" and len(known[i["key"]]) > 1 and set(i["exclusive"]) & set(known[i["key"]])
    ]
    for fact in data["derived"]:
        known[fact["key"]] = [fact["default"]]
        for case in fact["cases"]:
            if true(case["when"], known):
                known[fact["key"]] = [case["value"]]
                break
    checks = [check for check in data["validations"] if true(check["when"], known)]
    blocked += [check["id"] for check in checks if check["level"] == "block"]
    if blocked:
        return {"status": "blocked", "options": [], "ruled_out": [], "cautions": set()}
    rows = [rule for rule in data["rules"] if true(rule["when"], known)]
    return _answer(data, known, rows, {check["caution"] for check in checks})


def _answer(data: dict[str, Any], known: dict[str, list[str]], rows: list[Any], cautions: set[str]) -> dict[str, Any]:
    options = {option["key"]: option for option in data["options"]}
    order = list(options)

    def members(effect: dict[str, Any]) -> list[str]:
        return [m for name in effect["options"] for m in (data["groups"][name[1:]] if name[0] == "$" else [name])]

    def effects(what: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [(row, effect) for row in rows for effect in row["then"] if effect["do"] == what]

    level: dict[str, int] = {}
    priority: dict[str, int] = {}
    for row, effect in effects("recommend"):
        for option in members(effect):
            level[option] = min(level.get(option, 9), LEVELS.index(effect["strength"]))
            priority[option] = max(priority.get(option, 0), row["priority"])
    for row, effect in effects("gap"):
        level[effect["option"]] = 1
        priority[effect["option"]] = max(priority.get(effect["option"], 0), row["priority"])
    raised = {option for _row, effect in effects("promote") for option in members(effect)} & set(level)
    for row, effect in effects("promote"):
        for option in set(members(effect)) & set(level):
            priority[option] = max(priority[option], row["priority"])
    level.update({option: 1 for option in raised if level[option] == 2})
    level.update({option: 2 for option in raised if level[option] == 3})
    lowered = {option for _row, effect in effects("demote") for option in members(effect)} & set(level)
    for option in lowered:
        level[option] = {0: 0, 1: 2, 2: 3, 3: 3}[level[option]] if option not in raised else level[option] + 1
    vetoed = {option for _row, effect in effects("veto") for option in members(effect)}
    left = {option: value for option, value in level.items() if option not in vetoed}

    gap = bool(effects("gap"))
    status = _status(options, level, left, gap, known["disease_state"][0])
    if status in ("all_vetoed", "not_covered"):
        left.setdefault("not_covered_mdt", 1)
        cautions.add("c-all-vetoed" if status == "all_vetoed" else "c-not-covered")
    cautions.update(name for _row, effect in effects("caution") for name in effect["cautions"])
    cautions.update(name for option in left for name in options[option].get("cautions", []))
    return {
        "status": status,
        "options": [
            (key, LEVELS[left[key]])
            for key in sorted(left, key=lambda k: (left[k], -priority.get(k, 0), order.index(k)))
        ],
        "ruled_out": sorted(vetoed, key=lambda k: (k not in level, order.index(k))),
        "cautions": cautions,
    }


def _status(options: dict[str, Any], level: dict[str, int], left: dict[str, int], gap: bool, state: str) -> str:
    treatment = {key for key in options if options[key]["kind"] in ("systemic", "local", "trial")}
    treatment.add("best_supportive_care")
    tests = [key for key, value in left.items() if value == 0 and options[key]["kind"] == "diagnostic"]
    if state == "unknown":
        return "needs_data"
    elif state == "on_tki_stable":
        return "partly_covered" if gap else "monitoring"
    elif not treatment & set(left):
        return "needs_data" if tests else "all_vetoed" if treatment & set(level) else "not_covered"
    elif gap:
        return "partly_covered"
    else:
        return "provisional" if tests else "ok"
