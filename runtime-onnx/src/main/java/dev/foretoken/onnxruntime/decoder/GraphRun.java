package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.sampling.HeadJobs;
import dev.foretoken.sampling.PlainLogitPasses;
import dev.foretoken.sampling.StepTokens;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the graph over rows of a step and reports what they want of its logits. */
final class GraphRun implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final Binding binding;
    private final DecoderPorts ports;
    private final int capacity;
    private final List<Caches> caches;
    private final RunInputs inputs;
    private final RunLogits logits;
    private final HeadJobs jobs;
    private final StepTokens tokens;
    private @Nullable StepPlan plan;
    private StepResult result;

    GraphRun(Binding binding, DecoderShape shape, List<Caches> caches, int maxTokens) {
        this.binding = binding;
        this.ports = shape.ports();
        this.capacity = ports.tokens().isEmpty() ? Integer.MAX_VALUE : shape.capacity();
        this.caches = caches;
        this.inputs = new RunInputs(ports, shape.shared());
        this.logits = new RunLogits(ports.logits());
        this.jobs = new HeadJobs(maxTokens);
        this.tokens = new StepTokens(jobs, new PlainLogitPasses(), ports.vocabulary(), arena);
        this.result = new StepResult(1, 1);
    }

    void begin(StepPlan step, StepResult target) {
        plan = step;
        result = target;
        jobs.collect(step);
    }

    void run(RunRows run) {
        StepPlan step = plan;
        if (step == null) {
            throw new IllegalStateException("no step was begun");
        }
        if (run.longest() + run.span() > capacity) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "A sequence has %d tokens; the caches of this graph have room for %d"
                            .formatted(run.longest() + run.span(), capacity));
        }
        int wanted = deepest(step, run);
        int keep = ports.logitsToKeep().isPresent() && wanted <= 1 ? 1 : 0;
        inputs.bind(binding, run, step, keep);
        logits.bind(binding, run.count(), keep == 1 || !ports.allLogits() ? 1 : run.span());
        caches.forEach(each -> each.bind(binding, run));
        binding.run();
        caches.forEach(each -> each.ran(run));
        report(step, run);
    }

    /** How many positions from a row's end on somebody wants, at most. */
    private int deepest(StepPlan step, RunRows run) {
        int deepest = 0;
        for (int row = 0; row < run.count(); row++) {
            for (int job = 0; job < jobs.count(); job++) {
                if (isIn(step, run, row, job)) {
                    deepest = Math.max(deepest, fromEnd(step, run, row, job) + 1);
                }
            }
        }
        return deepest;
    }

    private void report(StepPlan step, RunRows run) {
        for (int row = 0; row < run.count(); row++) {
            for (int job = 0; job < jobs.count(); job++) {
                if (isIn(step, run, row, job)) {
                    tokens.report(step, job, logits.row(row, fromEnd(step, run, row, job)), result);
                }
            }
        }
    }

    private boolean isIn(StepPlan step, RunRows run, int row, int job) {
        if (jobs.row(job) != run.planRow(row)) {
            return false;
        }
        int fromEnd = fromEnd(step, run, row, job);
        return fromEnd >= 0 && fromEnd < run.span();
    }

    private int fromEnd(StepPlan step, RunRows run, int row, int job) {
        int index = jobs.token(job) - step.get(Column.TOKEN_OFFSET, run.planRow(row));
        return run.from() + run.span() - 1 - index;
    }

    @Override
    public void close() {
        binding.close();
        arena.close();
    }
}
