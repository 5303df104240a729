package dev.foretoken.bench.chat;

import dev.foretoken.bench.client.PrefillAsk;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import java.util.List;

/**
 * Times to first token by turn; its JSON form is the file format {@code foretoken.bench.chat/1}.
 *
 * @param conversations of each kind
 * @param words of each message of the user
 * @param pauseSeconds between an answer's end and the next message
 * @param prefill what every turn says about how its prompt comes into the caches
 */
record ChatReport(
        String schema,
        Provenance provenance,
        String url,
        String model,
        int conversations,
        int words,
        int output,
        double pauseSeconds,
        PrefillAsk prefill,
        List<TurnReport> turns) {
    static final String SCHEMA = "foretoken.bench.chat/1";

    /**
     * One turn of all conversations, from 1.
     *
     * @param plain where nothing was prepared
     * @param prepared where each turn before asked for the next to be prepared
     */
    record TurnReport(int turn, Kind plain, Kind prepared) {}

    /** @param newTokens prompt tokens that were not found in the prefix cache */
    record Kind(Spread ttftSeconds, Spread promptTokens, Spread newTokens) {
        static Kind of(List<Conversation.Turn> turns) {
            return new Kind(
                    Spread.of(turns.stream()
                            .mapToDouble(Conversation.Turn::ttftSeconds)
                            .toArray()),
                    Spread.of(turns.stream()
                            .mapToDouble(Conversation.Turn::promptTokens)
                            .toArray()),
                    Spread.of(turns.stream()
                            .mapToDouble(turn -> turn.promptTokens() - turn.cachedTokens())
                            .toArray()));
        }
    }
}
