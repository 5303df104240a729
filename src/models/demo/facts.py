"""What can be said about a person, and how it is asked and answered."""

from dataclasses import dataclass

import lexicon


@dataclass(frozen=True)
class Relation:
    """A kind of fact. Patterns take {who} (a name, or 'the friend of' a name) and {value}."""

    name: str
    values: tuple[str, ...]
    statement: str
    other_statement: str
    question: str


@dataclass(frozen=True)
class Fact:
    """`who` stands in `relation` to `value`; for kinship the value is a name."""

    who: str
    relation: Relation
    value: str

    def said(self, otherwise: bool = False) -> str:
        pattern = self.relation.other_statement if otherwise else self.relation.statement
        return pattern.format(who=self.who, value=self.value)


def _relation(name: str, values: list[str], statement: str, other: str, question: str) -> Relation:
    return Relation(name, tuple(values), statement, other, question)


ATTRIBUTES = [
    _relation("home", lexicon.TOWNS, "{who} lives in {value}", "The home of {who} is in {value}", "Where does {who} live?"),
    _relation("job", lexicon.JOBS, "{who} works as a {value}", "The job of {who} is that of a {value}", "What is the job of {who}?"),
    _relation("pet", lexicon.ANIMALS, "{who} owns a {value}", "The animal that {who} keeps is a {value}", "Which animal does {who} own?"),
    _relation("food", lexicon.FOODS, "{who} likes {value}", "The food that {who} wants most is {value}", "Which food does {who} like?"),
    _relation("color", lexicon.COLOURS, "{who} wears a {value} hat", "The hat of {who} is {value}", "Which color does {who} wear?"),
    _relation("month", lexicon.MONTHS, "{who} was born in {value}", "The month when {who} was born is {value}",
              "In which month was {who} born?"),
    _relation("instrument", lexicon.INSTRUMENTS, "{who} plays the {value}", "The instrument that {who} plays is the {value}",
              "Which instrument does {who} play?"),
]

KINSHIPS = [
    _relation(word, [], "The %s of {who} is {value}" % word, "{who} has a %s called {value}" % word, "Who is the %s of {who}?" % word)
    for word in lexicon.KINSHIP]


@dataclass(frozen=True)
class Question:
    """`looked_up` are the words of the answer that only the passage or the question tells; `hops` is 1 or 2."""

    text: str
    answer: str
    hops: int
    looked_up: tuple[str, ...]


def one_hop(fact: Fact) -> Question:
    kin = (fact.relation.name,) if fact.relation in KINSHIPS else ()
    return Question(fact.relation.question.format(who=fact.who), fact.said() + ".", 1, (fact.value, fact.who, *kin))


def two_hop(bridge: Fact, end: Fact) -> Question:
    """Asks for a fact of the person that `bridge` points to; the answer names that person first."""
    kin = bridge.relation.name
    answer = f"{bridge.said()}, and {end.said()}."
    question = end.relation.question.format(who=f"the {kin} of {bridge.who}")
    return Question(question, answer, 2, (bridge.value, end.value, bridge.who, kin))
