package dev.foretoken.bench.embedding;

import dev.foretoken.bench.stats.Spread;
import java.util.ArrayList;
import java.util.List;

/** Measures ways in turns, each round beginning with another, so that a machine that slows down slows all of them down. */
final class WaySeries {

    private final List<Way> ways;
    private final long nanosPerTurn;

    WaySeries(List<Way> ways, double secondsPerTurn) {
        this.ways = ways;
        this.nanosPerTurn = (long) (secondsPerTurn * 1e9);
    }

    /** A round of warm-up, then those that count. */
    List<EmbeddingReport.Measured> measure(int rounds) throws InterruptedException {
        for (Way way : ways) {
            sentencesPerSecond(way);
        }
        double[][] speeds = new double[ways.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < ways.size(); i++) {
                int way = (round + i) % ways.size();
                speeds[way][round] = sentencesPerSecond(ways.get(way));
            }
        }
        List<EmbeddingReport.Measured> measured = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
            Way way = ways.get(i);
            measured.add(new EmbeddingReport.Measured(
                    way.name(),
                    way.fill(),
                    Spread.of(speeds[i]),
                    Spread.of(scaled(speeds[i], way.tokensPerSentence())),
                    Spread.of(quotients(speeds[i], speeds[0]))));
        }
        return measured;
    }

    private double sentencesPerSecond(Way way) throws InterruptedException {
        long start = System.nanoTime();
        long now = start;
        long sentences = 0;
        while (now - start < nanosPerTurn) {
            sentences += way.once().size();
            now = System.nanoTime();
        }
        return sentences * 1e9 / (now - start);
    }

    private static double[] scaled(double[] values, double factor) {
        double[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    private static double[] quotients(double[] over, double[] under) {
        double[] quotients = over.clone();
        for (int i = 0; i < quotients.length; i++) {
            quotients[i] /= under[i];
        }
        return quotients;
    }
}
