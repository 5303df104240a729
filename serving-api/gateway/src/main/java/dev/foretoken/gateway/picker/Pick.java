package dev.foretoken.gateway.picker;

import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ReportedEngine;
import dev.foretoken.gateway.routing.PickedCall;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A choice, and how a gateway calls what was chosen. */
final class Pick {

    private final PickedCall call;
    /** The chosen one first. */
    private final Map<String, EngineEndpoint> byAddress = new LinkedHashMap<>();

    Pick(PickedCall call) {
        this.call = call;
        call.endpoints().forEach(endpoint -> address(endpoint).ifPresent(at -> byAddress.putIfAbsent(at, endpoint)));
    }

    /** Where HTTP requests reach it; empty where they do not. */
    static Optional<String> address(EngineEndpoint endpoint) {
        return endpoint.engine() instanceof ReportedEngine reported ? reported.callersAddress() : Optional.empty();
    }

    /** Of the decision's record. */
    String id() {
        return call.id();
    }

    /** {@code IP:PORT,IP:PORT}: the chosen one, and then those to try where it cannot be reached. */
    String destination() {
        return String.join(",", byAddress.keySet());
    }

    /** It has answered. An address that was not offered says nothing. */
    void servedBy(String address) {
        EngineEndpoint endpoint = byAddress.get(address);
        if (endpoint != null) {
            call.servedBy(endpoint);
        }
    }

    /** The chosen one has, as far as is known. */
    void served() {
        call.servedBy(call.endpoints().getFirst());
    }

    /** See {@link PickedCall#ended}. */
    void ended() {
        call.ended();
    }
}
