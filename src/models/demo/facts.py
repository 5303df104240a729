"""What can be said about a person and about what belongs to a person, and how it is asked and answered."""

from dataclasses import dataclass

import lexicon


@dataclass(frozen=True)
class Relation:
    """A kind of fact. Patterns take {who} (a name, or 'the dog', or 'the animal of' a name) and {value}."""

    name: str
    values: tuple[str, ...]
    statement: str
    other_statement: str
    question: str


@dataclass(frozen=True)
class Fact:
    """`who` stands in `relation` to `value`."""

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
    _relation("food", lexicon.FOODS, "{who} likes {value}", "The food that {who} wants most is {value}", "Which food does {who} like?"),
    _relation("hat", lexicon.COLOURS, "{who} wears a {value} hat", "The hat of {who} is {value}", "Which color does {who} wear?"),
    _relation("month", lexicon.MONTHS, "{who} was born in {value}", "The month when {who} was born is {value}",
              "In which month was {who} born?"),
    _relation("instrument", lexicon.INSTRUMENTS, "{who} plays the {value}", "The instrument that {who} plays is the {value}",
              "Which instrument does {who} play?"),
]


@dataclass(frozen=True)
class Bridge:
    """A relation whose value has facts of its own: in one passage every such value belongs to one person only."""

    relation: Relation
    belonging: str  # how a question names the value without saying it, before 'of' and the person
    ends: tuple[Relation, ...]


BRIDGES = [
    Bridge(
        _relation("animal", lexicon.ANIMALS, "{who} owns a {value}", "The animal that {who} keeps is a {value}",
                  "Which animal does {who} own?"),
        "the animal",
        (_relation("bed", lexicon.ROOMS, "{who} sleeps in the {value}", "The bed of {who} is in the {value}", "Where does {who} sleep?"),
         _relation("diet", lexicon.FOODS, "{who} eats {value}", "The food of {who} is {value}", "What does {who} eat?"))),
    Bridge(
        _relation("thing", lexicon.THINGS, "{who} lost a {value}", "The thing that {who} wants back is a {value}", "What has {who} lost?"),
        "the thing",
        (_relation("place", lexicon.ROOMS, "{who} is hidden in the {value}", "The place of {who} is the {value}", "Where is {who}?"),
         _relation("color", lexicon.COLOURS, "{who} is {value}", "The color of {who} is {value}", "Which color is {who}?"))),
]


@dataclass(frozen=True)
class Question:
    """`looked_up` are the words of the answer that only the passage or the question tells; `hops` is 1 or 2."""

    text: str
    answer: str
    hops: int
    looked_up: tuple[str, ...]


def sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def one_hop(fact: Fact) -> Question:
    return Question(fact.relation.question.format(who=fact.who), sentence(fact.said()), 1, (fact.value, names_in(fact.who)))


def two_hop(first: Fact, end: Fact, belonging: str) -> Question:
    """Asks for a fact of what belongs to a person; the answer says first what that is."""
    question = end.relation.question.format(who=f"{belonging} of {first.who}")
    return Question(question, sentence(f"{first.said()}, and {end.said()}"), 2, (first.value, end.value, first.who))


def names_in(who: str) -> str:
    """The words of `who` that tell it from others: without the article."""
    return who.removeprefix("the ")
