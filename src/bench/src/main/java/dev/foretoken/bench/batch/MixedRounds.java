package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.Latencies;
import dev.foretoken.bench.stats.Spread;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Callers alone, batches alone and both together, in turns, with the same arrivals. One thread. */
final class MixedRounds {

    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final int PHASES = 3;
    private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();

    /** Apart from the seeds of batches. */
    private static final long FIRST_PROMPTS = 1_000_000;

    private final LocalEngine engine;
    private final BatchServer server;
    private final Topics topics;
    private final MixedReport.Load load;
    private final ProgressBar bar;
    private final Side without = new Side();
    private final Side with = new Side();
    private final List<Double> batchAlone = new ArrayList<>();
    private final List<Double> batchBeside = new ArrayList<>();
    private final List<Double> shares = new ArrayList<>();
    private int written;
    private int prompts;

    /** Latencies of callers in all rounds, and the 99th percentiles of each. */
    private static final class Side {
        private final Latencies ttft = new Latencies();
        private final Latencies itl = new Latencies();
        private final List<Double> ttft99 = new ArrayList<>();
        private final List<Double> itl99 = new ArrayList<>();

        MixedReport.Callers callers() {
            return new MixedReport.Callers(ttft.summary(), itl.summary());
        }

        /** Takes what arrived, and the gaps that ended, from {@code from} to {@code to}. */
        void add(List<InteractiveLoad.Timed> answers, long from, long to) {
            Latencies first = new Latencies();
            Latencies gaps = new Latencies();
            for (InteractiveLoad.Timed answer : answers) {
                long[] times = answer.tokenNanos();
                if (answer.arrivedNanos() >= from && answer.arrivedNanos() < to) {
                    both(times[0] - answer.arrivedNanos(), first, ttft);
                }
                for (int i = 1; i < times.length; i++) {
                    if (times[i] >= from && times[i] < to) {
                        both(times[i] - times[i - 1], gaps, itl);
                    }
                }
            }
            ttft99.add(first.summary().p99());
            itl99.add(gaps.summary().p99());
        }

        private static void both(long nanos, Latencies one, Latencies other) {
            one.add(nanos);
            other.add(nanos);
        }
    }

    MixedRounds(LocalEngine engine, BatchServer server, Topics topics, MixedReport.Load load, ProgressBar bar) {
        this.engine = engine;
        this.server = server;
        this.topics = topics;
        this.load = load;
        this.bar = bar;
    }

    /**
     * Measures.
     *
     * @param seed decides arrivals, the same for both sides of a round, and prompts, others each time
     * @param batchPerSecond requests of batches that the engine answers at most, about
     */
    void run(int rounds, long seed, double batchPerSecond) throws IOException, InterruptedException {
        int each = (int) Math.ceil(batchPerSecond * (load.seconds() + WARM_UP.toSeconds())) + 4 * load.inFlight();
        double rest = 1 - load.callersPerSecond() / load.capacityPerSecond();
        for (int round = 0; round < rounds; round++) {
            bar.update(PHASES * round, PHASES * rounds, "callers alone");
            callers(without, seed + round);
            bar.update(PHASES * round + 1, PHASES * rounds, "batches alone");
            double alone = beside(each, seed, this::batches);
            bar.update(PHASES * round + 2, PHASES * rounds, "callers beside batches");
            int same = round;
            double both = beside(each, seed, () -> callers(with, seed + same));
            batchAlone.add(alone);
            batchBeside.add(both);
            shares.add(both / (alone * rest));
        }
    }

    /** A measurement of tokens per second. */
    private interface Measurement {
        double perSecond() throws InterruptedException;
    }

    /** While a worker answers so many more requests. */
    private double beside(int requests, long seed, Measurement measurement) throws IOException, InterruptedException {
        write(requests, seed);
        long before = generated();
        try (BatchWorker _ = server.worker()) {
            long from = System.nanoTime();
            while (generated() == before) {
                if (System.nanoTime() - from > PATIENCE_NANOS) {
                    throw new IOException("the worker has begun nothing within two minutes");
                }
                Thread.sleep(Duration.ofMillis(20));
            }
            return measurement.perSecond();
        }
    }

    private void write(int requests, long seed) throws IOException {
        int vocabulary = engine.model().vocabularySize();
        RequestFeed.send(topics, written, requests, number -> load.batch().line(seed, number, vocabulary), sent -> {});
        written += requests;
    }

    private double batches() throws InterruptedException {
        Thread.sleep(WARM_UP);
        long before = generated();
        long from = System.nanoTime();
        Thread.sleep(Duration.ofSeconds(load.seconds()));
        return (generated() - before) * 1e9 / (System.nanoTime() - from);
    }

    /** Returns tokens per second of others than callers. */
    private double callers(Side side, long arrivals) throws InterruptedException {
        try (InteractiveLoad callers = new InteractiveLoad(
                engine, load.callers(), load.callersPerSecond(), arrivals, FIRST_PROMPTS + prompts++)) {
            Thread.sleep(WARM_UP);
            long before = generated();
            long from = System.nanoTime();
            Thread.sleep(Duration.ofSeconds(load.seconds()));
            long after = generated();
            long to = System.nanoTime();
            List<InteractiveLoad.Timed> answers = callers.finish();
            side.add(answers, from, to);
            return (after - before - tokens(answers, from, to)) * 1e9 / (to - from);
        }
    }

    private static long tokens(List<InteractiveLoad.Timed> answers, long from, long to) {
        long tokens = 0;
        for (InteractiveLoad.Timed answer : answers) {
            for (long at : answer.tokenNanos()) {
                tokens += at >= from && at < to ? 1 : 0;
            }
        }
        return tokens;
    }

    private long generated() {
        return engine.engine().report().models().stream()
                .mapToLong(model -> model.counters().generatedTokens())
                .sum();
    }

    MixedReport.Callers without() {
        return without.callers();
    }

    MixedReport.Callers with() {
        return with.callers();
    }

    MixedReport.Ratios ratios() {
        return new MixedReport.Ratios(
                with.ttft.summary().p99() / without.ttft.summary().p99(),
                with.itl.summary().p99() / without.itl.summary().p99(),
                ratios(with.ttft99, without.ttft99),
                ratios(with.itl99, without.itl99));
    }

    private static Spread ratios(List<Double> over, List<Double> under) {
        double[] each = new double[over.size()];
        for (int i = 0; i < each.length; i++) {
            each[i] = over.get(i) / under.get(i);
        }
        return Spread.of(each);
    }

    Spread batchAlone() {
        return Spread.of(batchAlone);
    }

    Spread batchBeside() {
        return Spread.of(batchBeside);
    }

    Spread shares() {
        return Spread.of(shares);
    }
}
