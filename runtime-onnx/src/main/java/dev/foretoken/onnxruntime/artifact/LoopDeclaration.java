package dev.foretoken.onnxruntime.artifact;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A graph that is run again and again.
 *
 * @param most runs; all of them where neither {@code countInput} nor {@code stop} says less
 * @param countInput an input that requests may give, INT64 of one element, and that the graph need not have: how many runs
 * @param state the input that takes what the output of the run before gave
 * @param schedules an input that is fed by the loop: the values of its runs, or none for 0, 1, 2, ...
 * @param stop ends the loop early
 * @param keep outputs that are given for every run, one behind the other along a new first axis
 */
public record LoopDeclaration(
        int most,
        Optional<String> countInput,
        Map<String, String> state,
        Map<String, List<Double>> schedules,
        Optional<Stop> stop,
        List<String> keep) {

    /** Behind a run whose {@code output} has no element of an absolute value of {@code below} or more. */
    public record Stop(String output, double below) {}

    public LoopDeclaration {
        state = Map.copyOf(state);
        schedules = Map.copyOf(schedules);
        keep = List.copyOf(keep);
    }
}
