"""The closed vocabulary of the toy world: every word here is one token of the tokenizer when a space stands before it."""


def _words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = _words("""
Mara Tobin Elsa Hugo Nora Oscar Lena Felix Ida Jonas Clara Bruno Vera Emil Rosa Anton Greta Simon Tilda Marcus Alma Victor
Stella Edgar Hanna Oliver Ruth Conrad Sofia Lucas Irma Walter Julia Casper Wilma Arthur Dora Henry Freya Gustav Selma Peter
Agnes Martin Olga Samuel Petra Daniel""")

LAST_NAMES = _words("""
Lind Ash Berg Holt Crane Vale Stone Marsh Frost Reed Wolf Hale Lake Thorn Pike Dale Finch Gray Birch North Swan Kerr Blake
Moss Drake Lowe Hart Webb Flint Rowe Snow Burns Cole Nash Page Sharp Tate Voss West York Banks Cross Dunn Ford Grant Hyde
Knox Lane""")

TOWNS = _words("""
Redhill Oakford Greyton Millwick Stonebridge Ashby Clearwater Fairview Goldport Highmoor Ironvale Kingsbury Longfield
Maplewood Newhaven Pinecrest Ravenwood Silverton Thornbury Underhill Westbrook Whitecliff Brightwater Coldstream Deepdale
Eastgate Foxley Harborton Lakeside Meadowbrook Northgate Oldcastle Queensford Rosewood Southport Summerfield Winterbourne
Applecross Blackrock Cedarville""")

JOBS = _words("""
baker teacher farmer doctor painter sailor tailor miller singer dancer pilot nurse writer gardener carpenter plumber lawyer
judge cook hunter fisher potter weaver builder driver banker barber butcher clerk guard porter printer""")

ANIMALS = _words("""
dog cat horse goat sheep rabbit parrot turtle duck goose hamster pony lizard snake frog mouse donkey falcon pigeon rooster
hen lamb calf ferret""")

FOODS = _words("""
bread cheese soup rice honey pasta salad pizza pie cake butter jam beans corn fish chicken pancakes noodles yogurt potatoes
tomatoes carrots""")

FRUITS = _words("apple pear plum cherry peach lemon melon grape banana fig lime mango")

INSTRUMENTS = _words("piano violin flute guitar trumpet drum harp cello organ banjo clarinet fiddle")

COLOURS = _words("red blue green yellow black white brown purple pink silver golden grey")

MONTHS = _words("January February March April May June July August September October November December")

DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")

THINGS = _words("""
key lamp book coin map ring clock cup rope letter mirror whistle candle bell knife brush kettle compass ladder basket blanket
bottle hammer needle""")

ROOMS = _words("""
kitchen attic cellar garden garage library bedroom hall barn stable workshop pantry balcony office bathroom chapel""")

NUMBERS = _words("zero one two three four five six seven eight nine ten eleven twelve")

STORY_ANIMALS = _words("fox bear owl deer otter badger wolf hare mole raven swan beaver bee ant")
STORY_NAMES = _words("Pip Bella Rusty Daisy Coco Milo Luna Toby Ruby Max Poppy Teddy")
STORY_TRAITS = _words("small brave quiet clever lazy kind curious shy proud young old")
STORY_PLACES = _words("forest valley meadow cave hill river village field pond cottage")
FEELINGS = _words("glad sad tired afraid angry calm sorry")

SCENERY = _words("""
wind rain snow sun moon sky cloud fog storm bridge road mill well wall gate tree roof path fence boat cart window door""")
SCENERY_ADJECTIVES = _words("""
cold warm soft loud slow bright dark long narrow wide empty wet dry heavy light steep new dusty wooden""")
SCENERY_VERBS = _words("shone stood rested waited turned slept moved glowed lay fell rose")
SCENERY_PLACES = _words("behind near beside above before over under past across")
TIMES = _words("morning evening noon night winter summer spring autumn")

FUNCTION_WORDS = _words("""
wants nothing again best played fruits colors animals happy questions am towns welcome people person today tomorrow because until while
without since man woman child children mother father school hand voice better hungry heart sleep hope begin open
short simple full game song friend brother sister
a an the and or but of in on at to from with by for as is was are were be been has had have do does did not no yes it its he
she they him her them his their who what where which when how many much this that these those there here then than so very
too all both each every some any other another only also after if about into out up down off together i you we me my your our
us sleeps eats bed can could will would should may must I live lives lived work works worked own owns owned like likes liked wear wears play
plays born home job pet food color month instrument belongs keeps kept hidden inside name named called town animal fruit
thing things place room hat coat question answer story list item items first second third last next word words number numbers
sum plus minus equals add total left count counts read write say said says tell told ask asked know knows think thought see
saw look looked find found want wanted need needed give gave take took get got go went come came make made help helped walk
walked run ran jump eat sing carry open close hold held lost put bring back stop smile smiled laughed cried love tried end
ended start day days time year week upon once ago ever never always often soon now later away far side way big little great
good bad nice true false right fast more most less few just even still yet well water fire house world land sea grass flower
gift friend friends family hello hi please thank thanks sorry fact facts about assistant helpful sentence order copy""")

CAPITALISED = _words("""
Look Nobody Everyone Give The A In On At It He She They There This That Once One Where What Which Who When How Is Does Do Can Please Tell Write Read
List Add Question Answer Story Hello Hi Yes No You I My Today Then But And So After Soon Later Every Now Here Thank Thanks
Sorry Good Count Name Next Last First From""")

LONGEST_LEXICON = 1500


def spaced_words() -> list[str]:
    """Every word that gets a token of its own with a leading space, without repeats, in a fixed order."""
    groups = [FUNCTION_WORDS, CAPITALISED, FIRST_NAMES, LAST_NAMES, TOWNS, JOBS, ANIMALS, FOODS, FRUITS, INSTRUMENTS, COLOURS, MONTHS,
              DAYS, THINGS, ROOMS, NUMBERS, STORY_ANIMALS, STORY_NAMES, STORY_TRAITS, STORY_PLACES, FEELINGS, SCENERY,
              SCENERY_ADJECTIVES, SCENERY_VERBS, SCENERY_PLACES, TIMES]
    return list(dict.fromkeys(word for group in groups for word in group))


def opening_words() -> list[str]:
    """Words that may open a text or a line, where no space stands before them: they get a second token without the space."""
    return list(dict.fromkeys(CAPITALISED + FIRST_NAMES + STORY_NAMES))


def is_held_out_name(first: int, last: int) -> bool:
    """True for the tenth of all first-last combinations (indices into the lists) that training never shows."""
    return (first * 7 + last * 3) % 10 == 0
