package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.Usage;
import java.util.List;

/**
 * The server's token counts beside this client's, over the complete answers of a run.
 *
 * @param promptServer prompt tokens by {@code usage}
 * @param cachedServer the part of them the server took from its prefix cache
 * @param predictedServer the part of them whose K and V it predicted
 * @param completionServer output tokens by {@code usage}
 * @param completionClient output tokens counted in the stream of the answers that have a {@code usage}
 * @param answersThatDiffer answers where the two output counts differ
 * @param answersWithoutUsage answers whose stream had no {@code usage}
 */
record TokenAccount(
        long promptServer,
        long cachedServer,
        long predictedServer,
        long completionServer,
        long completionClient,
        int answersThatDiffer,
        int answersWithoutUsage) {

    static TokenAccount of(List<CallRecord> calls) {
        TokenAccount sum = new TokenAccount(0, 0, 0, 0, 0, 0, 0);
        for (CallRecord call : calls) {
            if (call.succeeded()) {
                sum = sum.plus(call);
            }
        }
        return sum;
    }

    private TokenAccount plus(CallRecord call) {
        Usage usage = call.usage();
        if (usage == null) {
            return new TokenAccount(
                    promptServer,
                    cachedServer,
                    predictedServer,
                    completionServer,
                    completionClient,
                    answersThatDiffer,
                    answersWithoutUsage + 1);
        }
        long counted = call.tokens().total();
        return new TokenAccount(
                promptServer + usage.promptTokens(),
                cachedServer + usage.cachedTokens(),
                predictedServer + usage.predictedTokens(),
                completionServer + usage.completionTokens(),
                completionClient + counted,
                answersThatDiffer + (counted == usage.completionTokens() ? 0 : 1),
                answersWithoutUsage);
    }
}
