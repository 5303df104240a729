package dev.foretoken.bench.prediction;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.nativeruntime.exec.PromptSequence;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Times the parts of a prediction by giving its runtime one sequence's steps, without a scheduler. One thread. */
final class PartTimer implements AutoCloseable {
    private final SequenceRuntime runtime;
    private final StepPlan plan;
    private final int auxiliary;
    private final int stepTokens;
    private final int blocks;

    /** @param longest tokens of the longest prompt; {@code stepTokens}: of the longest step */
    PartTimer(ModelSource source, RuntimeOptions options, DeviceSpec device, int longest, int stepTokens) {
        this.runtime = opened(source, options, device);
        this.stepTokens = stepTokens;
        List<PartShape> parts = runtime.shape().parts();
        this.auxiliary = IntStream.range(0, parts.size())
                .filter(part -> parts.get(part).role() == PartShape.Role.AUXILIARY)
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE, source.name() + " has no auxiliary; expected a prediction"));
        int blockTokens = parts.stream()
                .mapToInt(part -> part.caches().blockTokens())
                .min()
                .orElseThrow();
        this.blocks = Math.ceilDiv(longest + 1, blockTokens);
        runtime.reserve(new CacheReservation(parts.stream()
                .map(part -> Collections.nCopies(part.caches().kinds().size(), blocks))
                .toList()));
        int kinds = kinds(0) + kinds(auxiliary);
        this.plan = new StepPlan(new StepCapacity(1, stepTokens, kinds * blocks, kinds));
    }

    private static SequenceRuntime opened(ModelSource source, RuntimeOptions options, DeviceSpec device) {
        for (RuntimeProvider provider : LocalEngine.providers()) {
            if (provider.probe(source, device) instanceof Availability.Present
                    && provider.open(source, device, options, LoadProgress.SILENT) instanceof SequenceRuntime found) {
                return found;
            }
        }
        throw new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "no runtime here opens " + source.location());
    }

    private int kinds(int part) {
        return runtime.shape().parts().get(part).caches().kinds().size();
    }

    /**
     * What the parts of a time to first token take, in seconds.
     *
     * @param base the base computes the whole prompt and draws
     * @param auxiliary the auxiliary goes through all but the last token
     * @param maps what predicting the base's K and V adds to that
     * @param last the base computes the last token behind the predicted ones and draws
     */
    record Parts(double base, double auxiliary, double maps, double last) {
        /** The time to first token that the parts alone would give. */
        double predicted() {
            return auxiliary + maps + last;
        }
    }

    Parts time(int[] prompt) {
        PromptSequence sequence = PromptSequence.of(prompt, OutputOptions.TOKENS_ONLY);
        double base = through(sequence, 0, RowKind.COMPUTE, prompt.length);
        double alone = through(sequence, auxiliary, RowKind.COMPUTE, prompt.length - 1);
        double both = through(sequence, auxiliary, RowKind.PREDICT, prompt.length - 1);
        double last = step(sequence, 0, RowKind.COMPUTE, prompt.length - 1, prompt.length);
        return new Parts(base, alone, Math.max(0, both - alone), last);
    }

    private double through(PromptSequence sequence, int part, RowKind kind, int end) {
        double seconds = 0;
        for (int from = 0; from < end; from += stepTokens) {
            seconds += step(sequence, part, kind, from, Math.min(end, from + stepTokens));
        }
        return seconds;
    }

    private double step(PromptSequence sequence, int part, RowKind kind, int from, int to) {
        boolean draws = part == 0 && to == sequence.length();
        plan.clear();
        plan.addRow(sequence, part, kind, from, draws ? StepPlan.WANT_SAMPLE : 0);
        for (int position = from; position < to; position++) {
            plan.addToken(sequence.tokenAt(position));
        }
        addTables(part, 0, to);
        if (kind == RowKind.PREDICT) {
            addTables(0, kinds(part), to);
        }
        long start = System.nanoTime();
        runtime.execute(plan);
        return (System.nanoTime() - start) / 1e9;
    }

    private void addTables(int part, int firstKind, int end) {
        CacheSpec caches = runtime.shape().parts().get(part).caches();
        for (int kind = 0; kind < kinds(part); kind++) {
            plan.beginTable(firstKind + kind);
            for (int block = 0; block < Math.ceilDiv(end, caches.blockTokens()); block++) {
                plan.addUnit(firstKind + kind, block);
            }
        }
    }

    @Override
    public void close() {
        plan.close();
        runtime.close();
    }
}
