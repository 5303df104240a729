package dev.foretoken.gateway.model;

/** Whether an engine elsewhere says how it is. */
public enum Contact {
    /** It has said nothing since it is known. */
    AWAITED,
    REPORTING,
    /** It did, and cannot be reached any more or says nothing. */
    LOST,
}
