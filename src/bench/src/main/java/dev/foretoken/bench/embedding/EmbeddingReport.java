package dev.foretoken.bench.embedding;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;
import java.util.List;

/**
 * The result of {@code bench embeddings}; its JSON form is the file format {@code foretoken.bench.embeddings/1}. The first way is the loop that the
 * others are compared with.
 *
 * @param largestDifference between an element of our vectors and the other library's, of the mixed sentences
 * @param mixedOfFull our tokens per second of the mixed sentences over those of full ones
 */
record EmbeddingReport(
        String schema,
        Provenance provenance,
        int sentences,
        int longest,
        int threads,
        double largestDifference,
        double mixedOfFull,
        List<Measured> ways) {
    static final String SCHEMA = "foretoken.bench.embeddings/1";

    /** @param ofLoop sentences per second over those of the first way, round by round */
    record Measured(String name, double fill, Spread sentencesPerSecond, Spread tokensPerSecond, Spread ofLoop) {}

    String render() {
        Table table = new Table("way", "fill", "sentences/s (median)", "spread", "tokens/s", "of loop");
        for (Measured way : ways) {
            table.row(
                    way.name(),
                    percent(way.fill()),
                    significant(way.sentencesPerSecond().median()),
                    "+-" + percent(way.sentencesPerSecond().relative()),
                    significant(way.tokensPerSecond().median()),
                    significant(way.ofLoop().median()));
        }
        return table.render()
                + "mixed over full, tokens/s: %s; largest difference of a vector's element: %.1e%n"
                        .formatted(percent(mixedOfFull), largestDifference);
    }
}
