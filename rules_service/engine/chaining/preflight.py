"""Refuses, before the engine sees them, chained rules that it would get wrong, overflow on or hang on.

durable_rules 2.0.28 keeps conditions in a tree: one node a comparison, shared by conditions that begin alike.
Its tables are fixed: 512 ways on from a node (the 513th search never ends), 256 conditions ending on one, 64
comparisons that one fact passes at a time, 31 operands a condition, 16 facts a firing. We stay well below.
What it knows and we do not use ($or, $not, count, regular expressions, decimals, texts) has no form in the
language of chained rules, or reaches it as integers.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rules_service.engine.chaining.compile import CompiledProgram, Expression, compile_program
from rules_service.engine.chaining.meaning import check_meaning
from rules_service.language.chain_rules import ChainProgram, FieldTest, Pattern
from service_kit.problems import Problem

MOST_RULES = 500
MOST_PATTERNS = 8
# Eight facts that may stand for each other are 40,320 orders, of which each would fire: more than may.
MOST_ALIKE = 7
MOST_COMPARISONS = 20
MOST_FIELDS_OF_A_KIND = 80
MOST_WAYS_ON = 256
MOST_PASSED_AT_ONCE = 32
MOST_ON_ONE_CONDITION = 128


def preflight(program: ChainProgram) -> list[Problem]:
    """Everything that keeps the program from the engine, with the cure; nothing where it may go on."""
    if problems := [*check_meaning(program), *_sizes(program)]:
        return problems
    compiled = compile_program(program)
    return [*_widths(compiled), *_tree_limits(compiled)]


def _sizes(program: ChainProgram) -> Iterator[Problem]:
    if len(program.rules) > MOST_RULES:
        yield Problem(
            "CHAIN_TOO_MANY_RULES",
            "链式规则",
            f"共有 {len(program.rules)} 条，最多 {MOST_RULES} 条。",
            "请分成几个规则集，或改用表。",
        )
    for rule in program.rules:
        if len(rule.when) > MOST_PATTERNS:
            yield Problem(
                "CHAIN_TOO_MANY_CONDITIONS",
                f"链式规则 {rule.id}",
                f"有 {len(rule.when)} 个条件，最多 {MOST_PATTERNS} 个。",
                "请拆成两条规则，前一条得出中间事实。",
            )
            continue
        alike = Counter(filter(None, (_likeness(pattern, rule.when) for pattern in rule.when)))
        for (kind, _), number in alike.items():
            if number > MOST_ALIKE:
                yield Problem(
                    "CHAIN_TOO_MANY_ALIKE",
                    f"链式规则 {rule.id}",
                    f"有 {number} 个条件要“{kind}”的同样的事实，最多 {MOST_ALIKE} 个：每种排法都会触发一次。",
                    '请写明先后（如 day: "> a.day"），或者改用计数。',
                )


def _likeness(pattern: Pattern, patterns: Sequence[Pattern]) -> tuple[str, frozenset[FieldTest]] | None:
    """What patterns have alike whose facts may stand for each other; None where a join tells them apart."""
    joins = [join for other in patterns for join in other.joins if join.other_alias == pattern.alias]
    if any(join.op not in {"=", "!="} or join.field != join.other_field for join in (*pattern.joins, *joins)):
        return None
    return pattern.kind, frozenset(pattern.tests)


def _widths(compiled: CompiledProgram) -> Iterator[Problem]:
    for name, kind in compiled.kinds.items():
        if len(kind.fields) > MOST_FIELDS_OF_A_KIND:
            yield Problem(
                "CHAIN_TOO_MANY_FIELDS",
                f"事实种类 {name}",
                f"规则比较了它的 {len(kind.fields)} 个字段，最多 {MOST_FIELDS_OF_A_KIND} 个。",
                "请拆成几种事实。",
            )
    for rule, conditions in zip(compiled.program.rules, compiled.conditions, strict=True):
        for pattern, condition in zip(rule.when, conditions, strict=True):
            if len(condition) > MOST_COMPARISONS:
                yield Problem(
                    "CHAIN_TOO_MANY_COMPARISONS",
                    f"链式规则 {rule.id} 的条件 {pattern.alias}",
                    f"有 {len(condition)} 项比较（含种类和字段已知的判断），最多 {MOST_COMPARISONS} 项。",
                    "请拆成两条规则，前一条得出中间事实。",
                )


@dataclass(slots=True)
class _Node:
    """A comparison in the engine's tree: where conditions go on from it, and how many end on it."""

    equals: str = ""
    ways_on: dict[str, "_Node"] = field(default_factory=dict)
    ending: int = 0


def _tree_limits(compiled: CompiledProgram) -> Iterator[Problem]:
    trees = _trees(compiled)
    for kind, tree in trees.items():
        place = f"事实种类 {kind}"
        widest = max(len(node.ways_on) for node in _nodes(tree))
        if widest > MOST_WAYS_ON:
            yield Problem(
                "CHAIN_TOO_MANY_CONSTANTS",
                place,
                f"规则在同一处拿它比较了 {widest} 个不同的值，最多 {MOST_WAYS_ON} 个。",
                "逐值对照请用表，由表给出一个类别，链式规则只判断类别。",
            )
        at_once = _passed_at_once(tree)
        if at_once > MOST_PASSED_AT_ONCE:
            yield Problem(
                "CHAIN_TOO_MANY_AT_ONCE",
                place,
                f"一件这样的事实可能同时满足 {at_once} 个条件，最多 {MOST_PASSED_AT_ONCE} 个。",
                "请用“=”把条件分到不同的值上，或先得出中间事实供各规则共用。",
            )
        shared = max(node.ending for node in _nodes(tree))
        if shared > MOST_ON_ONE_CONDITION:
            yield Problem(
                "CHAIN_CONDITION_SHARED",
                place,
                f"{shared} 条规则有完全相同的条件，最多 {MOST_ON_ONE_CONDITION} 条。",
                "请先由一条规则得出中间事实，再供各规则使用。",
            )
    if len(trees) > MOST_WAYS_ON:
        yield Problem(
            "CHAIN_TOO_MANY_KINDS",
            "事实种类",
            f"规则用到 {len(trees)} 种事实，最多 {MOST_WAYS_ON} 种。",
            "请分成几个规则集。",
        )


def _trees(compiled: CompiledProgram) -> dict[str, _Node]:
    """For each kind the tree of the comparisons that follow it."""
    trees: dict[str, _Node] = defaultdict(_Node)
    for number, (rule, conditions) in enumerate(
        zip(compiled.program.rules, compiled.conditions, strict=True)
    ):
        for place, (pattern, condition) in enumerate(zip(rule.when, conditions, strict=True)):
            node = trees[pattern.kind]
            for expression in condition[1:]:
                # The engine shares comparisons with constants, and none with a field of another fact.
                owner = f"{number}.{place} " if _is_join(expression) else ""
                node = node.ways_on.setdefault(owner + json.dumps(expression), _Node())
                node.equals = _property_equalled(expression)
            node.ending += 1
    return trees


def _nodes(tree: _Node) -> Iterator[_Node]:
    yield tree
    for node in tree.ways_on.values():
        yield from _nodes(node)


def _passed_at_once(tree: _Node) -> int:
    """The most ends of the tree that one fact can reach; it can equal one constant a property, no more."""
    total = 0
    exclusive: dict[str, int] = defaultdict(int)
    for node in tree.ways_on.values():
        reached = _passed_at_once(node)
        if node.equals:
            exclusive[node.equals] = max(exclusive[node.equals], reached)
        else:
            total += reached
    return max(total + sum(exclusive.values()), 1)


def _is_join(expression: Expression) -> bool:
    (operand,) = expression.values()
    if isinstance(operand, dict) and _operator_named(expression):
        (operand,) = operand.values()
    return isinstance(operand, dict)


def _property_equalled(expression: Expression) -> str:
    """The property that must equal a constant; empty for any other comparison."""
    return "" if _is_join(expression) or _operator_named(expression) else next(iter(expression))


def _operator_named(expression: Expression) -> bool:
    return next(iter(expression)).startswith("$")
