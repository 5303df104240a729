package dev.foretoken.nativeruntime.quantizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Calibration texts as a model can read them. */
final class Sequences {

    private Sequences() {}

    /** Cuts what is longer than the model's context; leaves out what is empty. */
    static List<int[]> within(List<int[]> sequences, int contextTokens) {
        List<int[]> cut = new ArrayList<>();
        for (int[] sequence : sequences) {
            for (int first = 0; first < sequence.length; first += contextTokens) {
                cut.add(Arrays.copyOfRange(sequence, first, Math.min(sequence.length, first + contextTokens)));
            }
        }
        return cut;
    }
}
