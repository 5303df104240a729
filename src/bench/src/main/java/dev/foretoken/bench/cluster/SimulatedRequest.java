package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.gateway.tenant.TenantLimiter;
import dev.foretoken.routing.fleet.SentRequest;
import dev.foretoken.routing.health.EndpointCall;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** One request from its arrival to its end, and where it stands in the pod that has it. */
final class SimulatedRequest {

    final int number;
    final IntUnaryOperator tokens;
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

    /** What its tenant holds for it. */
    TenantLimiter.@Nullable Permit permit;

    /** Pods that it was sent to. */
    int asked;
    /** Pods that failed or refused it, by name. */
    Set<String> failed = Set.of();

    boolean started;
    boolean ended;
    /** Prompt tokens that the pod found. */
    int cachedTokens;

    int generated;

    // The rest is the model pod's.
    int computed;
    int planned;
    /** Blocks of its own, not of the prefix cache. */
    int ownBlocks;

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
    SimulatedRequest rest(String pod) {
        SimulatedRequest rest = new SimulatedRequest(
                number, tokens, chain, promptTokens + generated, answerTokens - generated, sentAt, tenant);
        rest.permit = permit;
        rest.asked = asked;
        rest.started = started;
        rest.failed = new HashSet<>(failed);
        rest.failed.add(pod);
        return rest;
    }

    int[] prompt() {
        int[] prompt = new int[promptTokens];
        Arrays.setAll(prompt, tokens);
        return prompt;
    }

    int promptLeft() {
        return promptTokens - computed;
    }

    boolean generates() {
        return generated > 0;
    }
}
