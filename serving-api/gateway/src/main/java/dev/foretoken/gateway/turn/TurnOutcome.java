package dev.foretoken.gateway.turn;

/** What became of a preparation. */
enum TurnOutcome {
    /** The caches held all of it: a template that keeps its prefix needs nothing. */
    KEPT,
    /** What the caches did not hold was computed. */
    PREPARED,
    /** The next turn came first. */
    OVERTAKEN,
    /** Given up for others: too many at once, others wait, no room, no time. */
    DROPPED,
    /** The template or the engine failed. */
    FAILED,
    ;
}
