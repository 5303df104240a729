package dev.foretoken.gateway.routing;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.fleet.FleetView;
import dev.foretoken.routing.fleet.SentRequest;
import dev.foretoken.routing.policy.Standing;
import java.util.function.LongSupplier;

/** A choice that was made, and the way there. */
public final class Route {

    private final EngineEndpoint chosen;
    private final RouteDecision decision;
    private final FleetView fleet;
    private final LongSupplier nanoClock;

    Route(EngineEndpoint chosen, RouteDecision decision, FleetView fleet, LongSupplier nanoClock) {
        this.chosen = chosen;
        this.decision = decision;
        this.fleet = fleet;
        this.nanoClock = nanoClock;
    }

    public EngineEndpoint chosen() {
        return chosen;
    }

    public RouteDecision decision() {
        return decision;
    }

    /** Whether the engine was said to be able to answer now; else it was chosen because none is. */
    boolean isReady() {
        return standing() == Standing.READY;
    }

    /** How the chosen engine stood when it was chosen. */
    Standing standing() {
        return decision.candidates().get(decision.chosen()).seen().standing();
    }

    /** What the answer calls the decision. */
    public String id() {
        return decision.id();
    }

    /**
     * Submits a request to the chosen engine; it counts there until its last event was taken or it was cancelled.
     *
     * @throws dev.foretoken.contract.ForetokenException as {@link dev.foretoken.contract.engine.Engine#submit}
     */
    public Generation submit(GenerationRequest request) {
        SentRequest sent = sent(request.choices());
        try {
            return new CountedGeneration(chosen.engine().submit(request), sent);
        } catch (RuntimeException e) {
            sent.ended();
            throw e;
        }
    }

    /** Counts work of {@code sequences} at the engine until it is told to have ended. */
    public SentRequest sent(int sequences) {
        return sentTo(chosen.name(), sequences);
    }

    /** The same at another one of the engines that were looked at. */
    SentRequest sentTo(String endpoint, int sequences) {
        int cached = decision.candidates().stream()
                .filter(candidate -> candidate.endpoint().equals(endpoint))
                .mapToInt(candidate -> candidate.seen().cachedTokens())
                .findFirst()
                .orElse(0);
        return fleet.sent(endpoint, decision.promptTokens(), cached, sequences, nanoClock.getAsLong());
    }

    /** One line for a log. */
    public String summary() {
        return decision.model() + " -> " + chosen.name() + " of "
                + decision.candidates().size() + ", route " + decision.id();
    }
}
