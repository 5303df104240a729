package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.routing.fleet.SentRequest;
import java.util.List;

/** A request that somebody else sends to the engine that was chosen for it. Used by one thread at a time. */
public final class PickedCall {

    private final EngineRouter router;
    private final AskedRoute asked;
    private final List<EngineEndpoint> endpoints;
    private final int sequences;
    private SentRequest sent;
    private boolean told;

    PickedCall(EngineRouter router, AskedRoute asked, List<EngineEndpoint> endpoints, int sequences) {
        this.router = router;
        this.asked = asked;
        this.endpoints = List.copyOf(endpoints);
        this.sequences = sequences;
        this.sent = asked.route().sent(sequences);
    }

    /** Of the decision's record. */
    public String id() {
        return asked.route().id();
    }

    /** Where to send it: the chosen engine, and then those to try where it cannot be reached. */
    public List<EngineEndpoint> endpoints() {
        return endpoints;
    }

    /**
     * One of {@link #endpoints} has begun to answer. Where it is not the chosen one, that counts as one that could not be reached, and the request
     * counts at the other from now on.
     */
    public void servedBy(EngineEndpoint endpoint) {
        if (told) {
            return;
        }
        told = true;
        long now = router.now();
        if (endpoint.name().equals(asked.route().chosen().name())) {
            asked.call().succeeded(now);
            return;
        }
        asked.call().failed(now);
        router.records().refused(id(), ErrorCode.REPLICA_UNAVAILABLE);
        router.health().of(endpoint.name()).asked(now).succeeded(now);
        sent.ended();
        sent = asked.route().sentTo(endpoint.name(), sequences);
    }

    /** Nobody waits for it any more, whatever became of it. Only the first call counts. */
    public void ended() {
        sent.ended();
        if (!told) {
            told = true;
            asked.call().released(router.now());
        }
    }
}
