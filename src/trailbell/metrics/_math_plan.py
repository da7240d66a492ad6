"""A set of queries made ready: parsed, checked, and put in an order in which each follows what it uses.

A plan can be evaluated often: an alarm keeps its plan, ``GetMetricData`` makes one for each request.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from trailbell.metrics._math_check import CheckedShape, Shape, check_tree, metrics_named
from trailbell.metrics._math_errors import MathError
from trailbell.metrics._math_functions import METRICS
from trailbell.metrics._math_parser import parse_expression
from trailbell.metrics._math_series_functions import CLOCK_FUNCTIONS
from trailbell.metrics._math_signature import MathType
from trailbell.metrics._math_tree import Call, Node, Reference, walk

__all__ = ["MAXIMUM_CHARACTERS", "MAXIMUM_QUERIES", "MathPlan", "MathQuery", "MathStep", "plan_math"]

MAXIMUM_QUERIES = 500
"""How many queries a request may hold (metrics-and-alarms 2.14); an alarm has its own, lower bound."""

MAXIMUM_CHARACTERS = 131_072
"""How long all expressions together may be: our own bound, planned in about half a second."""

_ID = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}")


class MathQuery(msgspec.Struct, frozen=True):
    """One query as metric math sees it: an expression, or a metric (``expression`` is None).

    ``label`` is what the client gave, or AWS's default for a metric; a query without one goes by its Id.
    ``period_seconds`` is that of the metric, or what the client asked for the expression.
    """

    id: str
    expression: str | None = None
    label: str | None = None
    period_seconds: int | None = None


class MathStep(msgspec.Struct, frozen=True):
    """One query made ready: its tree (None for a metric), what it gives, and the queries it uses directly."""

    query: MathQuery
    tree: Node | None
    type: MathType
    uses: tuple[str, ...]
    cost: int


class MathPlan(msgspec.Struct, frozen=True):
    """Queries ready for ``evaluate_math``; ``steps`` are in an order in which each follows what it uses."""

    queries: tuple[MathQuery, ...]
    steps: tuple[MathStep, ...]

    @property
    def types(self) -> Mapping[str, MathType]:
        """What each query gives, by Id.

        AWS takes a time series or an array as the result of a query; a scalar is for use in other
        expressions, and a math alarm watches exactly one time series. Callers refuse what they cannot use.
        """
        return {step.query.id: step.type for step in self.steps}

    @property
    def metric_ids(self) -> tuple[str, ...]:
        """The queries that are metrics, in the order of the request."""
        return tuple(query.id for query in self.queries if query.expression is None)

    def needed_ids(self, wanted: Collection[str]) -> frozenset[str]:
        """Returns the queries that have to be evaluated for some of them: these, and what they use."""
        needed = set(wanted)
        for step in reversed(self.steps):
            if step.query.id in needed:
                needed.update(step.uses)
        return frozenset(needed)

    def needed_metric_ids(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Returns the metrics that have to be read for some of the queries, in the order of the request."""
        needed = self.needed_ids(wanted)
        return tuple(each for each in self.metric_ids if each in needed)

    def periods_of(self, query_id: str) -> tuple[int, ...]:
        """Returns the periods of the metrics a query uses, in seconds, ascending and each once.

        A math alarm demands exactly one (metrics-and-alarms 3.2).
        """
        metrics = set(self.needed_metric_ids({query_id}))
        return tuple(
            sorted(
                {each.period_seconds for each in self.queries if each.id in metrics and each.period_seconds}
            )
        )

    def reads_clock(self, query_id: str) -> bool:
        """Returns whether what a query gives depends on the time of its slots, and not on the data alone."""
        needed = self.needed_ids({query_id})
        trees = [step.tree for step in self.steps if step.query.id in needed and step.tree is not None]
        return any(
            isinstance(node, Call) and node.name in CLOCK_FUNCTIONS for tree in trees for node in walk(tree)
        )

    def period_of(self, query_id: str) -> int | None:
        """Returns the period on which a query is to be evaluated: its own if given, else the largest it uses.

        AWS's guide does not say what it does with metrics of several periods; on the largest, each metric
        can be read anew for every slot. None where nothing says a period: a sum of numbers alone.
        """
        own = {each.id: each.period_seconds for each in self.queries}[query_id]
        return own or max(self.periods_of(query_id), default=None)


def plan_math(queries: Sequence[MathQuery]) -> MathPlan:
    """Parses and checks all queries, also those nobody wants.

    Raises:
        MathError: An Id or an expression is not valid, or expressions use one another in a circle.
        UnsupportedMathError: A function is one this version does not have.
    """
    _check_size(queries)
    _check_ids(queries)
    by_id = {each.id: each for each in queries}
    trees = {each.id: _parsed(each, each.expression) for each in queries if each.expression is not None}
    metric_ids = tuple(each for each in by_id if each not in trees)
    uses = {each: _uses(trees[each], by_id, metric_ids) if each in trees else () for each in by_id}
    shapes: dict[str, Shape] = {}
    steps = []
    for id_ in _ordered(uses, by_id, trees):
        if id_ not in trees:
            shapes[id_] = Shape(MathType.SERIES, 1)
            steps.append(MathStep(by_id[id_], None, MathType.SERIES, (), 1))
            continue
        checked = _checked(by_id[id_], trees[id_], shapes, metric_ids)
        shapes[id_] = checked.shape
        # The result itself is written out once more; a scalar then fills every slot.
        cost = checked.cost + max(checked.shape.series, 1)
        steps.append(MathStep(by_id[id_], trees[id_], checked.shape.type, uses[id_], cost))
    return MathPlan(tuple(queries), tuple(steps))


def _check_size(queries: Sequence[MathQuery]) -> None:
    if len(queries) > MAXIMUM_QUERIES:
        message = f"There are {len(queries)} queries, more than {MAXIMUM_QUERIES}"
        raise MathError("", 0, 0, message=message, expected=f"at most {MAXIMUM_QUERIES} queries")
    characters = sum(len(each.expression or "") for each in queries)
    if characters > MAXIMUM_CHARACTERS:
        message = f"The expressions have {characters} characters together, more than {MAXIMUM_CHARACTERS}"
        raise MathError("", 0, 0, message=message, expected=f"at most {MAXIMUM_CHARACTERS} characters")


def _check_ids(queries: Sequence[MathQuery]) -> None:
    seen = set()
    for query in queries:
        if not _ID.fullmatch(query.id):
            pattern = "^[a-z][a-zA-Z0-9_]*$ with at most 255 characters"
            message = f"The Id {query.id!r} does not match {pattern}"
            raise MathError(query.id, 0, len(query.id), message=message, expected=pattern)
        if query.id in seen:
            message, expected = (
                f"The Id '{query.id}' is given to two queries",
                "an Id of its own for each query",
            )
            raise MathError(query.id, 0, len(query.id), message=message, expected=expected)
        seen.add(query.id)


def _parsed(query: MathQuery, expression: str) -> Node:
    try:
        return parse_expression(expression)
    except MathError as error:
        raise error.of_query(query.id) from None


def _checked(
    query: MathQuery, tree: Node, shapes: Mapping[str, Shape], metric_ids: Sequence[str]
) -> CheckedShape:
    try:
        return check_tree(tree, query.expression or "", shapes, metric_ids)
    except MathError as error:
        raise error.of_query(query.id) from None


def _uses(tree: Node, queries: Collection[str], metric_ids: Sequence[str]) -> tuple[str, ...]:
    """Returns the known queries a tree uses, each once; the check refuses the unknown ones."""
    used: dict[str, None] = {}
    calls = set()
    for node in walk(tree):
        if isinstance(node, Reference) and node.id in queries:
            used[node.id] = None
        elif isinstance(node, Call) and node.name == METRICS and node not in calls:
            calls.add(node)
            used |= dict.fromkeys(metrics_named(node, metric_ids))
    return tuple(used)


def _ordered(
    uses: Mapping[str, Sequence[str]], queries: Mapping[str, MathQuery], trees: Mapping[str, Node]
) -> list[str]:
    """Returns all Ids, each after those it uses; found without recursion, as chains may be 500 long."""
    ordered: dict[str, None] = {}
    for root in uses:
        path: dict[str, Iterator[str]] = {} if root in ordered else {root: iter(uses[root])}
        while path:
            current = next(reversed(path))
            following = next((each for each in path[current] if each not in ordered), None)
            if following is None:
                ordered[current] = None
                del path[current]
            elif following in path:
                circle = [*path][[*path].index(following) :]
                raise _circular([*circle, following], queries[current], trees[current])
            else:
                path[following] = iter(uses[following])
    return list(ordered)


def _circular(circle: list[str], query: MathQuery, tree: Node) -> MathError:
    places = [node.place for node in walk(tree) if isinstance(node, Reference) and node.id == circle[-1]]
    return MathError(
        query.expression or "",
        places[0].start,
        places[0].end,
        message=f"The expression uses itself: {' -> '.join(circle)}",
        expected="a query that does not use this one",
    ).of_query(query.id)
