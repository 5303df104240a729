package dev.foretoken.contract.engine;

/**
 * A stream of requests over caches that a graph keeps between them. Its runs happen in the order in which the engine takes the requests.
 *
 * @param id chosen by the caller, 1 to {@value #MAX_ID} characters; streams of different tenants never meet
 * @param start this request begins the stream, instead of an older one of the same id
 * @param end this request is its last: the caches are given up after it
 */
public record SessionUse(String id, boolean start, boolean end) {

    public static final int MAX_ID = 128;

    public SessionUse {
        if (id.isEmpty() || id.length() > MAX_ID) {
            throw new IllegalArgumentException(
                    "the id of a session has " + id.length() + " characters, expected 1 to " + MAX_ID);
        }
    }

    /** @param id of 64 bits, unsigned */
    public SessionUse(long id, boolean start, boolean end) {
        this(Long.toUnsignedString(id), start, end);
    }
}
