package dev.foretoken.routing.policy;

/** Whether an engine can be asked, the most willing first: where none is {@link #READY}, the next best is. */
public enum Standing {
    READY,
    /** Would load the model for the request. */
    LOADABLE,
    /** Failed too often of late. */
    BREAKER_OPEN,
    /** Answers what it has, takes nothing new. */
    DRAINING,
    LACKS_ADAPTER,
    /** Failed, unloaded, or never heard of. */
    NOT_READY,
    /** Was tried for this request: never asked again. */
    EXCLUDED,
}
