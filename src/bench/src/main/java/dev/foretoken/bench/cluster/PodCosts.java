package dev.foretoken.bench.cluster;

import dev.foretoken.bench.report.Format;

/**
 * Which costs simulated pods had; part of the file format {@code foretoken.bench.cluster/1}.
 *
 * @param of the scenario, or the file they were read from and the model that was measured
 * @param stepNanos of a step by itself
 * @param tokenNanos of a token
 * @param drawNanos of a token that is drawn
 * @param pairNanos of a position that a token attends to
 */
record PodCosts(String of, double stepNanos, double tokenNanos, double drawNanos, double pairNanos) {

    static PodCosts of(String what, PodSpec pod) {
        return new PodCosts(what, pod.stepNanos(), pod.tokenNanos(), pod.drawNanos(), pod.pairNanos());
    }

    String sentence() {
        return "costs: a step %s, a token %s, a token drawn %s, a position attended to %s ns (%s)"
                .formatted(
                        Format.significant(stepNanos),
                        Format.significant(tokenNanos),
                        Format.significant(drawNanos),
                        Format.significant(pairNanos),
                        of);
    }
}
