package dev.foretoken.bench.gateway;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.LatencySummary;
import java.util.Map;

/**
 * What a gateway adds; its JSON form is the file format {@code foretoken.bench.gateway/2}.
 *
 * @param direct the same without a gateway
 * @param addedSeconds how much the median of both ways grows by the gateway
 */
record GatewayReport(
        String schema,
        Provenance provenance,
        Load load,
        Map<String, Long> endings,
        Traffic traffic,
        FirstToken firstToken,
        FirstToken direct,
        double addedSeconds) {

    static final String SCHEMA = "foretoken.bench.gateway/2";

    /** What was asked for. */
    record Load(int streams, int pods, int stepMillis, int tokens, int promptWords) {}

    /**
     * What passed in the measured window.
     *
     * @param requests sent in it
     * @param events that carried its tokens: as many as tokens where each came alone
     * @param gatewayCpuMicrosPerToken requests' admission included
     */
    record Traffic(
            double seconds,
            long requests,
            long tokens,
            long events,
            double gatewayCpuSeconds,
            double gatewayCpuMicrosPerToken) {}

    /**
     * Of the requests sent in the window.
     *
     * @param toPod from sending to the pod's engine
     * @param toClient from the engine's first token to the client
     * @param both ways together
     */
    record FirstToken(LatencySummary toPod, LatencySummary toClient, LatencySummary both) {}
}
