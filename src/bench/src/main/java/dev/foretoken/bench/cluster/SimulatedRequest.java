package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.routing.fleet.SentRequest;
import java.util.Arrays;
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

    /** What the gateway that sent it counts until its end. */
    @Nullable
    SentRequest sent;

    boolean started;
    boolean ended;
    /** Prompt tokens that the pod found. */
    int cachedTokens;

    // The rest is the model pod's.
    int computed;
    int generated;
    int planned;
    /** Blocks of its own, not of the prefix cache. */
    int ownBlocks;

    /** {@code tokens}: of the prompt and, behind it, of the answer. */
    SimulatedRequest(
            int number, IntUnaryOperator tokens, TokenChain chain, int promptTokens, int answerTokens, long sentAt) {
        this.number = number;
        this.tokens = tokens;
        this.chain = chain;
        this.promptTokens = promptTokens;
        this.answerTokens = answerTokens;
        this.sentAt = sentAt;
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
