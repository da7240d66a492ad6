"""Messages that some space-delimited patterns match and others do not (filter-patterns section 5).

For each number of words a message may have, the tests of all fields are claims about words, or about the
rest of the message that a last field takes. Words and rests are found one by one, as if any could stand
beside any: so that none is found is proof, and what is found is a message only once the matcher says so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from trailbell.patterns._budget import Budget, OutOfBudgetError, UndecidedError
from trailbell.patterns._claims import Claim, Claims
from trailbell.patterns._coverage_search import first_model, wish_of
from trailbell.patterns._domain_texts import TextDomain
from trailbell.patterns._domain_words import WordDomain
from trailbell.patterns._lexer import WHITE_SPACE
from trailbell.patterns._messages import word_predicate
from trailbell.patterns._tree import (
    Comparison,
    Condition,
    DelimitedPattern,
    EllipsisField,
    IndexStep,
    NameStep,
    Pattern,
    RegexLiteral,
    Selector,
    Step,
    Test,
    WordField,
    WordTest,
    all_of,
    any_of,
)

__all__ = ["MessageFinder"]

_FILLER: Final = "x"
_REST: Final = NameStep("rest")
# Rests of more words are taken as they come: automata for many words take long.
_MOST_WORDS_OF_REST = 6

_BLANK: Final = "".join(f"\\x{ord(character):02x}" for character in WHITE_SPACE)
# Between quotes, between brackets, or without a blank: more than there are, as a quote may close too early.
_WORD_SHAPE: Final = RegexLiteral(rf'^[^"]*$|^[^\]]*$|^[^{_BLANK}]+$')
# Two words or more: a blank parts the first from the next, or it is one between quotes or brackets.
_REST_SHAPE: Final = RegexLiteral(rf'^[^{_BLANK}]+[{_BLANK}]|^["\[]')


class _Message(msgspec.Struct, frozen=True):
    """Words, and the rests from a word on that were asked for as such."""

    words: tuple[str, ...]
    rests: Mapping[int, str]

    def text(self, steps: tuple[Step, ...]) -> str:
        """Returns the word, or the rest, that a selector names."""
        last = steps[-1]
        at = last.index if isinstance(last, IndexStep) else 0
        if len(steps) == 1:
            return self.words[at]
        return self.rests[at] if at in self.rests else _joined(self.words[at:])

    def spellings(self) -> Iterator[str]:
        """Offers messages with these words, or with one of the rests in the place of words."""
        # An empty message is none to CloudWatch Logs.
        yield _joined(self.words) or " "
        for at, rest in self.rests.items():
            before = [_spelled(word) for word in self.words[:at]]
            yield " ".join([*before, rest])
            # The rest may be wanted for how it begins, and the words in it for what they are.
            yield " ".join([*before, *rest.split()[:1], *map(_spelled, self.words[at + 1 :])])


class MessageFinder:
    """Finds messages, and remembers why there may be one that it did not find."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._words = WordDomain(TextDomain(budget))
        self._found: dict[tuple[Claims, RegexLiteral], str | None] = {}
        self.doubts: list[str] = []
        """Why something that was not found may exist for all that."""

    def messages(self, matches: Sequence[Pattern], fails: Sequence[Pattern]) -> Iterator[str]:
        """Offers messages that may be matched by all of ``matches`` and by none of ``fails``.

        That all were offered, and no doubts are left, means that there is no other such message.

        Raises:
            OutOfBudgetError: The budget is used up.
        """
        for number in range(_most_words([*matches, *fails]) + 1):
            self._budget.spend()
            wanted = [_asked_of(pattern, number) for pattern in matches]
            unwanted = [_asked_of(pattern, number) for pattern in fails]
            if False in wanted or True in unwanted:
                continue
            wishes = [wish_of(each, True, _predicate) for each in wanted if not isinstance(each, bool)]
            wishes += [wish_of(each, False, _predicate) for each in unwanted if not isinstance(each, bool)]
            message = first_model(wishes, self._model_of(number), self._budget)
            if isinstance(message, _Message):
                yield from message.spellings()
                self.doubts.append("words that may not stand side by side in a message")

    def _model_of(self, number: int) -> Callable[[Claims], object | None]:
        def model(claims: Claims) -> object | None:
            by_place: dict[tuple[Step, ...], set[Claim]] = {}
            for claim in claims:
                by_place.setdefault(claim.steps, set()).add(claim)
            words = [_FILLER] * number
            rests: dict[int, str] = {}
            for steps, asked in sorted(by_place.items(), key=repr):
                at = steps[-1].index if isinstance(steps[-1], IndexStep) else 0
                if len(steps) == 1:
                    text = self._text(frozenset(asked), _WORD_SHAPE)
                else:
                    text = self._rest(frozenset(asked), number - at)
                if text is None:
                    return None
                if len(steps) == 1:
                    words[at] = text
                else:
                    rests[at] = text
            return _Message(tuple(words), rests)

        return model

    def _rest(self, claims: Claims, words: int) -> str | None:
        doubts = len(self.doubts)
        if words <= _MOST_WORDS_OF_REST:
            text = self._text(claims, _rest_of(words))
            if text is not None:
                return text
            # What is not found as blanks part it may be there with quotes.
            del self.doubts[doubts:]
        return self._text(claims, _REST_SHAPE)

    def _text(self, claims: Claims, shape: RegexLiteral) -> str | None:
        key = (claims, shape)
        if key not in self._found:
            self._budget.spend()
            try:
                self._found[key] = self._words.find(claims, shape)
            except OutOfBudgetError:
                raise
            except UndecidedError as error:
                self.doubts.append(str(error))
                return None
        return self._found[key]


def _most_words(patterns: Sequence[Pattern]) -> int:
    """Returns a number of words from which on more of them make no difference to any pattern."""
    leading = trailing = 0
    for pattern in patterns:
        if isinstance(pattern, DelimitedPattern):
            ellipsis = _ellipsis(pattern)
            leading = max(leading, ellipsis)
            trailing = max(trailing, len(pattern.fields) - ellipsis - 1)
    # With one more, the words from the left and from the right lie apart, and each last field has a rest.
    return leading + trailing + 1


def _ellipsis(pattern: DelimitedPattern) -> int:
    fields = pattern.fields
    return fields.index(EllipsisField()) if EllipsisField() in fields else len(fields)


def _asked_of(pattern: Pattern, number: int) -> Condition | bool:
    """Returns what a pattern asks of a message with so many words."""
    if not isinstance(pattern, DelimitedPattern):
        return True
    fields = pattern.fields
    ellipsis = _ellipsis(pattern)
    if number < sum(isinstance(field, WordField) for field in fields):
        return False
    terms: list[Condition] = []
    for at, field in enumerate(fields):
        if not isinstance(field, WordField) or not field.alternatives:
            continue
        step = IndexStep(at if at < ellipsis else at + number - len(fields))
        takes_rest = at + 1 == ellipsis == len(fields) < number
        place = Selector((_REST, step) if takes_rest else (step,))
        terms.append(
            any_of(
                all_of(Comparison(place, test.operator, test.value) for test in tests)
                for tests in field.alternatives
            )
        )
    return all_of(terms) if terms else True


def _predicate(test: Test) -> Callable[[object], bool]:
    """Builds the test of a message."""
    if not isinstance(test, Comparison):
        raise TypeError(f"a word is only compared, which {test!r} does not")
    holds = word_predicate(WordTest(test.operator, test.value))
    steps = test.selector.steps
    return lambda message: isinstance(message, _Message) and holds(message.text(steps))


def _rest_of(words: int) -> RegexLiteral:
    """Describes texts of so many words or more, parted by blanks."""
    first = rf"[^{_BLANK}][^\x00]*"
    return RegexLiteral(f"^{first}" + f"[{_BLANK}]{first}" * (words - 1))


def _joined(words: Sequence[str]) -> str:
    return " ".join(map(_spelled, words))


def _spelled(word: str) -> str:
    """Writes a word as it may stand in a message: between quotes or brackets only where that is needed."""
    if word and word[0] not in '"[' and not set(WHITE_SPACE) & set(word):
        return word
    if '"' not in word:
        return f'"{word}"'
    return f"[{word}]" if "]" not in word else word
