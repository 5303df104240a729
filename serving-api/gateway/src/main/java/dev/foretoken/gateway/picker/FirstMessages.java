package dev.foretoken.gateway.picker;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Streams that nothing has come from yet, of all connections. A message is collected before anybody knows whose it is, so that only so many streams
 * are asked for one at a time; others wait their turn. Any thread may call it.
 */
final class FirstMessages {

    private final int mostAsked;
    private final int mostWaiting;
    private final Set<Turn> waiting = new LinkedHashSet<>();
    private int asked;

    FirstMessages(int mostAsked, int mostWaiting) {
        this.mostAsked = mostAsked;
        this.mostWaiting = mostWaiting;
    }

    /** Of one stream. */
    final class Turn implements AutoCloseable {

        private final Runnable ask;
        private boolean over;

        private Turn(Runnable ask) {
            this.ask = ask;
        }

        /** It has come, or is not waited for any more. More than once has no effect. */
        @Override
        public void close() {
            Turn next = end(this);
            if (next != null) {
                next.ask.run();
            }
        }
    }

    /**
     * Takes a turn, which its owner closes.
     *
     * @param ask for the first message: at once, or by who gives up a turn
     * @throws ForetokenException QUEUE_FULL when too many wait
     */
    Turn enter(Runnable ask) {
        Turn turn = new Turn(ask);
        synchronized (this) {
            if (asked == mostAsked) {
                if (waiting.size() == mostWaiting) {
                    throw new ForetokenException(
                            ErrorCode.QUEUE_FULL,
                            (mostAsked + mostWaiting) + " streams have not told their request yet, the limit");
                }
                waiting.add(turn);
                return turn;
            }
            asked++;
        }
        ask.run();
        return turn;
    }

    /** @return who is asked in its place; null = nobody */
    private synchronized @Nullable Turn end(Turn turn) {
        if (turn.over) {
            return null;
        }
        turn.over = true;
        if (waiting.remove(turn)) {
            return null;
        }
        if (waiting.isEmpty()) {
            asked--;
            return null;
        }
        Turn next = waiting.iterator().next();
        waiting.remove(next);
        return next;
    }
}
