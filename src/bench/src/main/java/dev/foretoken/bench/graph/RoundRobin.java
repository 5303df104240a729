package dev.foretoken.bench.graph;

import dev.foretoken.bench.stats.Latencies;
import dev.foretoken.bench.stats.Spread;
import java.util.ArrayList;
import java.util.List;

/** Runs loops in turns, each round beginning with another, so that a machine that slows down slows all of them down. */
final class RoundRobin {

    private final List<GraphLoop> loops;
    private final List<Latencies> latencies;
    private final double[][] runsPerSecond;

    RoundRobin(List<GraphLoop> loops, int rounds) {
        this.loops = loops;
        this.latencies = loops.stream().map(loop -> new Latencies()).toList();
        this.runsPerSecond = new double[loops.size()][rounds];
    }

    /** A round of warm-up, then those that count. */
    List<GraphReport.Measured> measure(long nanosPerRound) {
        loops.forEach(loop -> time(loop, new Latencies(), nanosPerRound));
        int rounds = runsPerSecond[0].length;
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < loops.size(); i++) {
                int loop = (round + i) % loops.size();
                runsPerSecond[loop][round] = time(loops.get(loop), latencies.get(loop), nanosPerRound);
            }
        }
        List<GraphReport.Measured> measured = new ArrayList<>();
        for (int i = 0; i < loops.size(); i++) {
            double[] ofBare = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ofBare[round] = runsPerSecond[i][round] / runsPerSecond[0][round];
            }
            measured.add(new GraphReport.Measured(
                    loops.get(i).name(),
                    Spread.of(runsPerSecond[i]),
                    Spread.of(ofBare),
                    latencies.get(i).summary()));
        }
        return measured;
    }

    private static double time(GraphLoop loop, Latencies latencies, long nanos) {
        long start = System.nanoTime();
        long now = start;
        long runs = 0;
        while (now - start < nanos) {
            loop.run();
            long end = System.nanoTime();
            latencies.add(end - now);
            now = end;
            runs++;
        }
        loop.settle();
        return runs * 1e9 / (now - start);
    }
}
