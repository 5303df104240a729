package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.build.BuildJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Calibration text that a base and an auxiliary read. Every fifth sequence is held out: maps are judged by it, and then fitted on all.
 *
 * @param texts none of them empty, none longer than either model's context
 */
record PairedText(BuildJob job, Prospect prospect, List<int[]> texts) {

    private static final int EVERY = 5;

    /** So often in a reading of all text the sums are stored, so that little is lost by an interruption and little time by storing. */
    private static final int SAVES = 16;

    PairedText {
        texts = List.copyOf(texts);
    }

    /** @throws ForetokenException CONFIG_INVALID for fewer than two sequences */
    static PairedText of(BuildJob job, Prospect prospect) {
        int most = Math.min(
                prospect.base().plan().contextTokens(),
                prospect.auxiliary().plan().contextTokens());
        List<int[]> texts = new ArrayList<>();
        for (int[] text : job.order().calibration()) {
            if (text.length > 0) {
                texts.add(Arrays.copyOf(text, Math.min(text.length, most)));
            }
        }
        if (texts.size() < 2) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "kvp: the calibration has %d sequence, must have at least 2 so that one can judge what was fitted on the others; give a longer text, or cut it into shorter sequences"
                            .formatted(texts.size()));
        }
        return new PairedText(job, prospect, texts);
    }

    int tokens() {
        return texts.stream().mapToInt(text -> text.length).sum();
    }

    /** Of fewer than five sequences the last one. */
    boolean judges(int text) {
        return text % EVERY == EVERY - 1 || texts.size() < EVERY && text == texts.size() - 1;
    }

    /**
     * Lets both read everything, or what an interrupted build of the same order has left.
     *
     * @param stage names the sums in the scratch folder
     */
    PairSums read(String stage, List<LayerPair> pairs) {
        PairSums sums = new PairSums(pairs, prospect);
        Path stored = job.order().scratch().resolve(stage + ".sums");
        sums.loadIfThere(stored);
        if (sums.done() == texts.size()) {
            return sums;
        }
        int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        int threads = job.order().threads();
        String reading = "reading calibration text";
        job.step(reading, sums.done(), texts.size());
        try (Workers workers = Workers.of(threads);
                PairedReading both = new PairedReading(prospect, longest, threads)) {
            int saved = sums.done();
            while (sums.done() < texts.size()) {
                int next = sums.done();
                job.step(reading, next, texts.size());
                sums.add(both.read(texts.get(next)), judges(next), workers);
                if (sums.done() - saved >= Math.ceilDiv(texts.size(), SAVES) || sums.done() == texts.size()) {
                    sums.store(stored);
                    saved = sums.done();
                }
            }
        }
        return sums;
    }
}
