package dev.foretoken.contract.request;

/** When predicted K/V are replaced by exact ones. */
public sealed interface Repair {

    Repair SLACK = new Slack();
    Repair NEVER = new Never();

    /** In compute time that nobody else needs: earlier or later, or not at all, as load allows. */
    record Slack() implements Repair {}

    /** The whole answer reads predicted K/V: the same bits at any load. */
    record Never() implements Repair {}

    /**
     * Before the token that follows this many generated ones is computed, however long it waits for that: the same bits at any load.
     *
     * @param tokens at least 1
     */
    record After(int tokens) implements Repair {
        public After {
            if (tokens < 1) {
                throw new IllegalArgumentException("repair after " + tokens + " tokens, must be at least 1");
            }
        }
    }
}
