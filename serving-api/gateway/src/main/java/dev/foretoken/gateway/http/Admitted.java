package dev.foretoken.gateway.http;

import dev.foretoken.gateway.admission.Admission;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** Work that takes one of the places among the requests under way. */
final class Admitted {

    private Admitted() {}

    /** Work that may be refused, fail or be interrupted. */
    @FunctionalInterface
    interface Work {
        Response run(Admission.Permit place) throws InterruptedException;
    }

    /** Every way out of the work is a response, and leaves the place. */
    static Response run(Exchange exchange, Work work) {
        Admission.@Nullable Permit place = null;
        try {
            place = exchange.gateway().enter(exchange.caller().account(), exchange::routed);
            return work.run(place);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Replies.failure(exchange, e);
        } catch (RuntimeException e) {
            return Replies.failure(exchange, e);
        } finally {
            if (place != null) {
                place.close();
            }
        }
    }

    /** The same of work that blocks until an answer is whole: its thread is interrupted when nobody waits for it any more. */
    static Response runWhileWaitedFor(Exchange exchange, Work work) {
        exchange.whenClientLeaves(Thread.currentThread()::interrupt);
        return run(exchange, work);
    }
}
