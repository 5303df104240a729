package dev.foretoken.scheduler;

import dev.foretoken.scheduler.SharedServer.Machine;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The least that a quiet tenant can wait beside one that fills the server, whoever orders the steps: its prompts go into the step after the one in
 * progress, which is theirs alone where they waited long enough for that, and all other steps are equally long, as short as the throughput that is
 * to be kept allows. A step cannot be interrupted, and what each costs beside its work is lost.
 */
final class BestCase {

    private static final int REQUESTS = 2000;
    private static final int HALVINGS = 16;
    /** So many kinds of patience are tried, from none to that of a whole step. */
    private static final int PATIENCES = 8;

    /** Of steps that are looked at, in steps of the server as it is. */
    private static final double LONGEST = 4;

    private final Machine machine;
    private final int promptTokens;
    private final double perSecond;

    BestCase(Machine machine, int promptTokens, double perSecond) {
        this.machine = machine;
        this.promptTokens = promptTokens;
        this.perSecond = perSecond;
    }

    /** The 99th percentile of seconds to the first token, where a server that takes {@code stepSeconds} for a step keeps {@code part} of its throughput. */
    double ttft(double stepSeconds, double part) {
        return IntStream.rangeClosed(0, PATIENCES)
                .mapToDouble(i -> ttft(stepSeconds, part, (double) i / PATIENCES))
                .min()
                .orElseThrow();
    }

    /** {@code patience}: the quiet tenant has a step of its own when it waited for so much of one; else others share it. */
    private double ttft(double stepSeconds, double part, double patience) {
        double fixed = machine.costs().base().fixed() * 1e-9;
        double work = part * (1 - fixed / stepSeconds);
        double shortest = fixed;
        double longest = LONGEST * stepSeconds;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (shortest + longest) / 2;
            boolean enough = new Run(middle, patience).work() >= work;
            longest = enough ? middle : longest;
            shortest = enough ? shortest : middle;
        }
        return new Run(longest, patience).ttft();
    }

    /** With steps of the loud tenant of one length. */
    private final class Run {
        private final Random random = new Random(7);
        private final double[] ttfts = new double[REQUESTS];
        private final double length;
        private final double patience;
        private double now;
        private double fixedTime;

        Run(double length, double patience) {
            this.patience = patience;
            this.length = length;
            double[] arrivals = new double[REQUESTS];
            double at = 0;
            for (int i = 0; i < REQUESTS; i++) {
                at += -Math.log(1 - random.nextDouble()) / perSecond;
                arrivals[i] = at;
            }
            int next = 0;
            while (next < REQUESTS) {
                next = arrivals[next] <= now ? own(arrivals, next) : other(next);
            }
        }

        private int other(int next) {
            now += length;
            fixedTime += machine.costs().base().fixed() * 1e-9;
            return next;
        }

        /** As many prompts as there are and a step holds, or the next part of a long one. */
        private int own(double[] arrivals, int from) {
            CostTable.Line line = machine.costs().base();
            int most = Math.max(1, machine.stepTokens() / promptTokens);
            int end = from;
            while (end < REQUESTS && end - from < most && arrivals[end] <= now) {
                end++;
            }
            int steps = Math.ceilDiv(promptTokens, machine.stepTokens());
            double each = promptTokens * line.perToken()
                    + line.perDraw()
                    + line.perAttended() * promptTokens * (promptTokens + 1.0) / 2;
            double least = (steps * line.fixed() + (end - from) * each) * 1e-9;
            boolean alone = now - arrivals[from] >= patience * length;
            now += alone ? least : Math.max(least, steps * length);
            fixedTime += steps * line.fixed() * 1e-9;
            for (int i = from; i < end; i++) {
                ttfts[i] = now - arrivals[i];
            }
            return end;
        }

        /** Part of the time that is not lost. */
        double work() {
            return 1 - fixedTime / now;
        }

        double ttft() {
            double[] sorted = ttfts.clone();
            Arrays.sort(sorted);
            return sorted[(int) (0.99 * (REQUESTS - 1))];
        }
    }
}
