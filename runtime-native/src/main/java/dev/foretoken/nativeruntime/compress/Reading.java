package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.calibrate.Calibration;
import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.recipe.Making;
import dev.foretoken.nativeruntime.weights.ChangedWeights;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Calibration texts that plans of one base read, always the same in the same order.
 *
 * @param texts none of them empty
 */
record Reading(BuildJob job, List<int[]> texts) {

    Reading {
        texts = List.copyOf(texts);
    }

    /** The first tokens of the calibration: whole texts, the last one cut. */
    static Reading ofTokens(BuildJob job, int most) {
        List<int[]> texts = new ArrayList<>();
        int left = most;
        for (int[] text : job.order().calibration()) {
            int count = Math.min(left, Math.min(text.length, job.plan().contextTokens()));
            if (count > 0) {
                texts.add(Arrays.copyOf(text, count));
                left -= count;
            }
        }
        return new Reading(job, require(job, texts, "any token"));
    }

    /** Pieces of one length. */
    static Reading ofPieces(BuildJob job, int length, int most) {
        List<int[]> pieces = new ArrayList<>();
        for (int[] text : job.order().calibration()) {
            for (int first = 0; first + length <= text.length && pieces.size() < most; first += length) {
                pieces.add(Arrays.copyOfRange(text, first, first + length));
            }
        }
        return new Reading(job, require(job, pieces, "a text of %d tokens; ask for fewer".formatted(length)));
    }

    private static List<int[]> require(BuildJob job, List<int[]> texts, String what) {
        if (texts.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s: the calibration does not have %s".formatted(job.order().method(), what));
        }
        return texts;
    }

    int tokens() {
        return texts.stream().mapToInt(text -> text.length).sum();
    }

    /** Lets the base read everything. */
    void run(String stage, ActivationTap tap) {
        run(stage, Draft.of(job), tap);
    }

    /** Lets what a draft makes of the base read everything. */
    void run(String stage, Draft draft, ActivationTap tap) {
        int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        job.step(stage, 0, texts.size());
        try (ChangedWeights weights = weights(draft);
                Calibration pass = Calibration.open(
                        draft.plan(), weights, longest, job.order().threads(), tap)) {
            for (int i = 0; i < texts.size(); i++) {
                job.step(stage, i, texts.size());
                pass.run(texts.get(i));
            }
        }
    }

    /** Those of the base, and what the draft makes. */
    private ChangedWeights weights(Draft draft) {
        ChangedWeights weights = new ChangedWeights(job.weights());
        for (Making making : draft.makings()) {
            List<float[]> numbers = making.numbers().compute(new BaseNumbers(new WeightNumbers(job.weights())));
            for (int i = 0; i < numbers.size(); i++) {
                Making.NewTensor tensor = making.tensors().get(i);
                weights.put(tensor.name(), tensor.shape(), numbers.get(i));
            }
        }
        return weights;
    }
}
