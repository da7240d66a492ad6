"""Parses the rules of composite alarms (AlarmRule of PutCompositeAlarm, metrics-and-alarms 11.1).

NOT binds before AND, and AND before OR. AWS takes `TRUE OR FALSE AND FALSE`, but nobody has seen what it
makes of it (U8).
"""

import re

from trailbell.alarms._alarm import AlarmState
from trailbell.alarms._rule_errors import AlarmRuleError
from trailbell.alarms._rule_tokens import RuleToken, RuleTokenKind, tokenize_rule
from trailbell.alarms._rule_tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Negation,
    RuleConstant,
    RuleNode,
    StateTest,
    referenced_alarms,
)

__all__ = ["MAXIMUM_RULE_LENGTH", "parse_rule"]

MAXIMUM_RULE_LENGTH = 10_240
"""How many characters a rule may have (AlarmRule in the CloudWatch API model)."""

_MOST_CHILDREN = 100
_MOST_ELEMENTS = 500
# Our own bound, so that no tree outgrows Python's stack when it is compared.
_MAXIMUM_DEPTH = 200
_LONGEST_NUMBER = 9

_CONSTANTS = {"TRUE": True, "FALSE": False}
_STATES = {str(state): state for state in AlarmState}
_THRESHOLD = re.compile(r"([0-9]+)(%?)")

# What AWS says may stand there, in its words; those marked are by analogy.
_OPERAND = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA"
_OPERATOR = "<EOF>, 'AND', 'OR'"
_OPERATOR_INSIDE = "')', 'AND', 'OR'"  # by analogy
_NUMBER = "NUMBER, PERCENTAGE NUMBER"
_CONDITION = "'NOT', ALARM, OK, or INSUFFICIENT_DATA"
_STATE = "ALARM, OK, or INSUFFICIENT_DATA"  # by analogy
_NAME = (
    "'NOT', 'AND', 'OR', 'AT_LEAST', NUMBER, PERCENTAGE NUMBER, TRUE or FALSE, ALARM, OK, or "
    "INSUFFICIENT_DATA, unquoted alarm name, quoted alarm name"
)
_LIST_END = "')', ','"  # by analogy


def parse_rule(rule: str) -> RuleNode:
    """Parses a rule; whether its alarms exist is not looked up.

    Raises:
        AlarmRuleError: It is no rule, or has more than 10,240 characters, 100 alarms or 500 elements.
    """
    if len(rule) > MAXIMUM_RULE_LENGTH:
        what = f"The rule has {len(rule)} characters, it must have at most {MAXIMUM_RULE_LENGTH}"
        raise AlarmRuleError(rule, MAXIMUM_RULE_LENGTH, len(rule), what)
    tree = _Parser(rule).parse()
    children = len(referenced_alarms(tree))
    if children > _MOST_CHILDREN:
        what = f"The rule has {children} alarms, it must have at most {_MOST_CHILDREN}"
        raise AlarmRuleError(rule, 0, len(rule), what)
    return tree


class _Group:
    """What stands between two parentheses, or in the whole rule, as far as it is read."""

    def __init__(self) -> None:
        self.negations = 0
        self._alternatives: list[list[tuple[RuleNode, int]]] = [[]]

    def add(self, node: RuleNode, depth: int) -> None:
        """Adds an operand, with the NOTs before it."""
        for _ in range(self.negations):
            node = Negation(node)
        self._alternatives[-1].append((node, depth + self.negations))
        self.negations = 0

    def begin_alternative(self) -> None:
        """What follows is on the other side of an OR."""
        self._alternatives.append([])

    def close(self) -> tuple[RuleNode, int]:
        """Returns the node of the group, and its depth."""
        return _joined(AnyOf, [_joined(AllOf, each) for each in self._alternatives])


def _joined(kind: type[AllOf] | type[AnyOf], operands: list[tuple[RuleNode, int]]) -> tuple[RuleNode, int]:
    if len(operands) == 1:
        return operands[0]
    return kind(tuple(node for node, _ in operands)), 1 + max(depth for _, depth in operands)


class _Parser:
    def __init__(self, rule: str) -> None:
        self._rule = rule
        self._tokens = list(tokenize_rule(rule))
        self._position = 0
        self._elements = 0
        # The open groups, outermost first: a stack of our own, as deep as the rule is long.
        self._groups = [_Group()]

    def parse(self) -> RuleNode:
        while True:
            self._read_operand()
            while self._token.text == ")" and len(self._groups) > 1:
                self._take()
                self._add(*self._groups.pop().close())
            if self._token.kind == RuleTokenKind.END and len(self._groups) == 1:
                tree, depth = self._groups[0].close()
                self._check_depth(depth)
                return tree
            self._read_operator()

    @property
    def _token(self) -> RuleToken:
        return self._tokens[self._position]

    def _take(self) -> RuleToken:
        token = self._token
        self._position += 1
        return token

    def _word(self) -> str:
        """The next token's text if it can be a keyword, else nothing."""
        return self._token.text if self._token.kind == RuleTokenKind.WORD else ""

    def _read_operand(self) -> None:
        while True:
            if self._word() == "NOT":
                self._take()
                self._groups[-1].negations += 1
            elif self._token.text == "(":
                self._count_element()
                self._take()
                self._groups.append(_Group())
            else:
                self._add(self._operand(), 1)
                return

    def _operand(self) -> RuleNode:
        word = self._word()
        if word in _CONSTANTS:
            self._count_element()
            self._take()
            return RuleConstant(_CONSTANTS[word])
        if word in _STATES:
            self._take()
            self._expect("(")
            alarm = self._alarm()
            self._expect(")")
            return StateTest(_STATES[word], alarm)
        if word == "AT_LEAST":
            self._take()
            return self._at_least()
        raise self._unsupported(_OPERAND)

    def _read_operator(self) -> None:
        word = self._word()
        if word not in {"AND", "OR"}:
            raise self._unsupported(self._operators())
        self._take()
        if word == "OR":
            self._groups[-1].begin_alternative()

    def _operators(self) -> str:
        if len(self._groups) > 1:
            return _OPERATOR_INSIDE
        # AWS names the operators only where more follows: `TRUE junk` must end, it says.
        is_last = self._token.kind != RuleTokenKind.END and (
            self._tokens[self._position + 1].kind == RuleTokenKind.END
        )
        return "<EOF>" if is_last else _OPERATOR

    def _at_least(self) -> AtLeast:
        self._expect("(")
        number = self._token
        threshold, is_percent = self._threshold()
        self._expect(",")
        is_negated = self._word() == "NOT"
        if is_negated:
            self._take()
        if self._word() not in _STATES:
            raise self._unsupported(_STATE if is_negated else _CONDITION)
        state = _STATES[self._take().text]
        self._expect(",")
        self._expect("(")
        alarms = [self._alarm()]
        while self._token.text == ",":
            self._take()
            alarms.append(self._alarm())
        self._expect(")", _LIST_END)
        self._expect(")")
        self._check_threshold(number, threshold, None if is_percent else len(alarms))
        return AtLeast(threshold, is_percent, state, is_negated, tuple(alarms))

    def _threshold(self) -> tuple[int, bool]:
        found = _THRESHOLD.fullmatch(self._word())
        if found is None:
            raise self._unsupported(_NUMBER)
        self._take()
        # More digits are beyond every limit, and Python refuses to read very many.
        digits = found[1].lstrip("0")[:_LONGEST_NUMBER]
        return int(digits or "0"), bool(found[2])

    def _check_threshold(self, number: RuleToken, threshold: int, alarms: int | None) -> None:
        if alarms is None and not 1 <= threshold <= 100:
            what = "AT_LEAST percentage threshold must be between 1 and 100"
            raise AlarmRuleError(self._rule, number.start, number.end, what)
        if alarms is not None and not 1 <= threshold <= alarms:
            what = f"AT_LEAST absolute threshold must be between 1 and number of alarms ({alarms})"
            raise AlarmRuleError(self._rule, number.start, number.end, what)

    def _alarm(self) -> str:
        if self._token.kind not in {RuleTokenKind.WORD, RuleTokenKind.QUOTED}:
            raise self._unsupported(_NAME)
        self._count_element()
        return self._take().name

    def _add(self, node: RuleNode, depth: int) -> None:
        group = self._groups[-1]
        self._check_depth(depth + group.negations)
        group.add(node, depth)

    def _expect(self, text: str, expected: str = "") -> None:
        if self._token.text != text:
            raise self._unsupported(expected or f"'{text}'")
        self._take()

    def _count_element(self) -> None:
        # "Elements are child alarms, TRUE or FALSE statements, and parentheses": we count a pair of
        # parentheses once, lest we refuse what AWS takes.
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            what = f"The rule has more than {_MOST_ELEMENTS} elements"
            raise AlarmRuleError(self._rule, self._token.start, self._token.end, what)

    def _check_depth(self, depth: int) -> None:
        if depth > _MAXIMUM_DEPTH:
            what = f"The rule is nested more than {_MAXIMUM_DEPTH} deep"
            raise AlarmRuleError(self._rule, 0, len(self._rule), what)

    def _unsupported(self, expected: str) -> AlarmRuleError:
        token = self._token
        what = f"Unsupported token '{token.text}' at char {token.start}, must be: {expected}"
        return AlarmRuleError(self._rule, token.start, token.end, what)
