package dev.foretoken.routing.policy;

/** Why a candidate was not chosen. */
public enum WhyNot {
    NOT_READY,
    LACKS_ADAPTER,
    BREAKER_OPEN,
    /** Was tried for this request. */
    EXCLUDED,
    DRAINING,
    /** Its report is too old to be compared with others. */
    STALE,
    /** The policy liked another better. */
    WORSE,
}
