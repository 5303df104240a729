package dev.foretoken.contract.request;

import java.util.List;

/**
 * What another engine has already generated for a request, so that this one goes on where that one stopped: the tokens are computed again and
 * not drawn again, and what follows is bit for bit what would have followed there.
 *
 * @param choices one entry per choice of the request; empty = nothing was generated before
 * @param numericsId that the tokens were computed with: an engine that computes with others refuses with REPLICA_LOST; empty = not known
 */
public record Resumed(List<Choice> choices, String numericsId) {

    /** A request from its beginning. */
    public static final Resumed NONE = new Resumed(List.of());

    public Resumed {
        choices = List.copyOf(choices);
    }

    /** Of numerics that nobody names. */
    public Resumed(List<Choice> choices) {
        this(choices, "");
    }

    public Resumed computedWith(String newNumericsId) {
        return new Resumed(choices, newNumericsId);
    }

    /**
     * One choice.
     *
     * @param tokens generated so far, in order
     * @param ended its last event was taken: it only keeps the number of the choices behind it, and ends at once as cancelled
     */
    public record Choice(TokenIds tokens, boolean ended) {
        public static final Choice NOTHING = new Choice(TokenIds.EMPTY, false);
    }

    public Choice choice(int index) {
        return choices.isEmpty() ? Choice.NOTHING : choices.get(index);
    }

    public boolean isEmpty() {
        return choices.isEmpty();
    }
}
