package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.tenant.TenantLimiter;
import dev.foretoken.routing.fleet.FleetLook;
import dev.foretoken.routing.fleet.SentRequest;
import dev.foretoken.routing.health.EndpointCall;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** One request at one pod, from where it is sent there to its end. What pods write, gateways read only when it has come back. */
final class SimulatedRequest {

    final int number;
    final IntUnaryOperator tokens;
    /** For gateways alone: its keys are made as they are asked for. */
    final TokenChain chain;

    final int promptTokens;
    final int answerTokens;
    final long sentAt;
    /** Among those of the load. */
    final int tenant;

    /** What the gateway that sent it counts until its end. */
    @Nullable
    SentRequest sent;

    /** As the health of its pod knows it. */
    @Nullable
    EndpointCall call;

    /** By what its pod was chosen, and which of those looked at. */
    @Nullable
    FleetLook look;

    int choice;
    /** That it was sent to. */
    int pod;

    /** At its gateway. */
    Admission.@Nullable Permit place;

    /** What its tenant holds for it. */
    TenantLimiter.@Nullable Permit permit;

    /** Pods that it was sent to. */
    int asked;
    /** Pods that failed or refused it, by name. */
    Set<String> failed = Set.of();
    /** Pods that are worse than waiting for one that was full. */
    Set<String> avoided = Set.of();

    /** Whether the first pod that was asked was full. */
    boolean full;
    /** Whether the last pod that had it has failed. */
    boolean moving;

    boolean started;
    boolean ended;

    // The rest is the pod's.

    /** Prompt tokens that the pod found. */
    int cachedTokens;

    int generated;

    /** {@code tokens}: of the prompt and, behind it, of the answer. */
    SimulatedRequest(
            int number,
            IntUnaryOperator tokens,
            TokenChain chain,
            int promptTokens,
            int answerTokens,
            long sentAt,
            int tenant) {
        this.number = number;
        this.tokens = tokens;
        this.chain = chain;
        this.promptTokens = promptTokens;
        this.answerTokens = answerTokens;
        this.sentAt = sentAt;
        this.tenant = tenant;
    }

    /**
     * What is left of it when its pod has failed or is full, for another: what was generated is computed there with the prompt, and not drawn again. (Where
     * the real scheduler takes over, it is told a longer prompt.)
     */
    SimulatedRequest rest(String name) {
        SimulatedRequest rest = new SimulatedRequest(
                number, tokens, chain, promptTokens + generated, answerTokens - generated, sentAt, tenant);
        rest.place = place;
        rest.permit = permit;
        rest.asked = asked;
        rest.started = started;
        rest.avoided = avoided;
        rest.full = full;
        rest.moving = moving;
        rest.failed = new HashSet<>(failed);
        rest.failed.add(name);
        return rest;
    }

    /** Its pod was full: it goes to none of {@code pods} instead. */
    void avoid(Set<String> pods) {
        avoided = new HashSet<>(avoided);
        avoided.addAll(pods);
        full |= asked == 1;
    }

    /** Its pod has failed: what was said before does not count any more. */
    void moves() {
        avoided = Set.of();
        full = false;
        moving = true;
    }

    int[] prompt() {
        int[] prompt = new int[promptTokens];
        Arrays.setAll(prompt, tokens);
        return prompt;
    }
}
