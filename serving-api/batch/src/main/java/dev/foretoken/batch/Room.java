package dev.foretoken.batch;

/**
 * What the engines of a process report, of which the number of requests in flight is derived.
 *
 * @param running sequences being computed
 * @param waiting requests that wait for their turn
 * @param freeShare of the blocks of KV caches, 0 to 1; 1 where nothing is known
 */
public record Room(int running, int waiting, double freeShare) {

    /** Of engines that report nothing. */
    public static final Room UNKNOWN = new Room(0, 0, 1);

    public Room {
        if (running < 0 || waiting < 0 || !(freeShare >= 0 && freeShare <= 1)) {
            throw new IllegalArgumentException(
                    "running " + running + ", waiting " + waiting + ", free " + freeShare + ": not a report");
        }
    }
}
