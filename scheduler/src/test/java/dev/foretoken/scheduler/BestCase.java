package dev.foretoken.scheduler;

import dev.foretoken.scheduler.SharedServer.Machine;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The least that a quiet tenant can wait beside one that fills the server, whoever orders the steps and does not know who comes next. A step cannot
 * be interrupted, and what each costs beside its work is lost. Since requests come at any time alike, steps in which nobody waits are equally long,
 * as short as the throughput that is to be kept allows. Prompts of the quiet one go into the step after the one in progress, which lasts until the
 * oldest has waited for as long as is aimed at: the others fill it till then. Where the oldest would wait longer for those behind it that can wait
 * for one step more, they do. All answers wait whenever that helps, those of the quiet one, too, and rows and memory are never out.
 */
final class BestCase {

    private static final int REQUESTS = 2000;
    private static final int HALVINGS = 16;

    /** So many waits are aimed at, up to {@link #LONGEST_AIM}. */
    private static final int AIMS = 64;

    /** In what one waits who comes at the beginning of a step and has the next one alone. */
    private static final double LONGEST_AIM = 2;

    /** Of steps that are looked at, in steps of the server as it is. */
    private static final double LONGEST = 4;

    private final Machine machine;
    private final double perSecond;
    /** Steps that a prompt takes, and what they cost by themselves. */
    private final int steps;

    private final double fixed;
    /** Seconds of a prompt beside that. */
    private final double each;
    /** Prompts of a step. */
    private final int most;

    BestCase(Machine machine, int promptTokens, double perSecond) {
        this.machine = machine;
        this.perSecond = perSecond;
        CostTable.Line line = machine.costs().base();
        this.steps = Math.ceilDiv(promptTokens, machine.stepTokens());
        this.most = Math.max(1, machine.stepTokens() / promptTokens);
        this.fixed = line.fixed() * 1e-9;
        double attended = promptTokens * (promptTokens + 1.0) / 2;
        this.each = (promptTokens * line.perToken() + line.perDraw() + line.perAttended() * attended) * 1e-9;
    }

    /** The 99th percentile of seconds to the first token, where a server that takes {@code stepSeconds} for a step keeps {@code part} of its throughput. */
    double ttft(double stepSeconds, double part) {
        return IntStream.rangeClosed(0, AIMS)
                .mapToDouble(i -> ttft(stepSeconds, part, LONGEST_AIM * i / AIMS))
                .min()
                .orElseThrow();
    }

    private double ttft(double stepSeconds, double part, double aim) {
        double work = part * (1 - fixed / stepSeconds);
        double shortest = fixed;
        double longest = LONGEST * stepSeconds;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (shortest + longest) / 2;
            boolean enough = new Run(middle, aim).work() >= work;
            longest = enough ? middle : longest;
            shortest = enough ? shortest : middle;
        }
        return new Run(longest, aim).ttft();
    }

    /** Seconds of a step with so many prompts and nothing else. */
    private double least(int prompts) {
        return steps * fixed + prompts * each;
    }

    /** With steps of one length where nobody waits. */
    private final class Run {
        private final Random random = new Random(7);
        private final double[] arrivals = new double[REQUESTS];
        private final double[] ttfts = new double[REQUESTS];
        private final double length;
        private final double aim;
        private double now;
        private double fixedTime;

        Run(double length, double aim) {
            this.length = length;
            this.aim = aim * (length + least(1));
            double at = 0;
            for (int i = 0; i < REQUESTS; i++) {
                at += -Math.log(1 - random.nextDouble()) / perSecond;
                arrivals[i] = at;
            }
            int next = 0;
            while (next < REQUESTS) {
                next = arrivals[next] <= now ? own(next) : other(next);
            }
        }

        private int other(int next) {
            now += length;
            fixedTime += fixed;
            return next;
        }

        /** As many prompts as there are and a step holds, or the next part of a long one. */
        private int own(int from) {
            int end = end(from);
            double left = aim - (now - arrivals[from]);
            now += Math.max(least(end - from), Math.min(left, steps * length));
            fixedTime += steps * fixed;
            for (int i = from; i < end; i++) {
                ttfts[i] = now - arrivals[i];
            }
            return end;
        }

        private int end(int from) {
            int end = from;
            while (end < REQUESTS && end - from < most && arrivals[end] <= now) {
                end++;
            }
            while (end - from > 1 && isLate(from, end - from) && canWait(end - 1, end - 1 - from)) {
                end--;
            }
            return end;
        }

        private boolean isLate(int oldest, int prompts) {
            return now - arrivals[oldest] + least(prompts) > aim;
        }

        /** Whether the one of that number is in time behind a step with so many prompts. */
        private boolean canWait(int number, int prompts) {
            return now - arrivals[number] + least(prompts) + least(1) <= aim;
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
