package dev.foretoken.scheduler.host;

import java.util.Set;

/**
 * What decides whether a variant is loaded or unloaded: a snapshot. Times are nanoseconds of one clock.
 *
 * @param standing where it is
 * @param kept it is never unloaded for another
 * @param busy it has sequences that have not ended
 * @param released nobody needs it: the first to go
 * @param bytes what it has taken of the budget
 * @param lastUse when it was loaded, or asked for last
 * @param waitingSince when the oldest request that waits for it came
 * @param beside names of variants that may not be unloaded for it
 */
record Resident(
        String name,
        Standing standing,
        boolean kept,
        boolean busy,
        boolean released,
        long bytes,
        ModelNeed need,
        long lastUse,
        long waitingSince,
        Set<String> beside) {

    /** Where a variant is between disk and memory. */
    enum Standing {
        AWAY,
        /** Away, and requests wait for it. */
        WANTED,
        LOADED,
        /** Loaded, takes nothing new, and is unloaded when its sequences have ended. */
        LEAVING,
    }
}
