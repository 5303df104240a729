package dev.foretoken.contract;

/** Who has to act on an error. Each protocol maps a kind, and where it must a single code, to its own status. */
public enum ErrorKind {
    /** The request is wrong; sending it again unchanged fails again. */
    CALLER,
    /** The request is fine; there is no room or time for it now. */
    CAPACITY,
    /** We failed; the operator has to look. */
    INTERNAL,
    ;
}
