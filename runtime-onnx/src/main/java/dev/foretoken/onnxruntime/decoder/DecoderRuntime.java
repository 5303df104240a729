package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Steps over sequences whose caches are inputs and outputs of a graph. */
public final class DecoderRuntime implements SequenceRuntime {

    private static final System.Logger LOG = System.getLogger(DecoderRuntime.class.getName());
    private static final double MIB = 1 << 20;
    /** After so many rows, and twice as many each time after, what was copied is told. */
    private static final long LOGGED_ROWS = 1024;

    private final GraphSession session;
    private final DecoderShape shape;
    private final ComputeInfo compute;
    private final ModelShape model;
    private final Capabilities capabilities;
    private final StepRuns.RunLimits limits;
    private final List<Caches> caches = new ArrayList<>();
    private final StepResult result;
    private @Nullable StepRuns runs;
    private @Nullable GraphRun graph;
    private @Nullable StepPlan begun;
    private long drawn;

    DecoderRuntime(GraphSession session, DecoderShape shape, ComputeInfo compute) {
        this.session = session;
        this.compute = compute;
        this.shape = shape;
        this.model = shape.model();
        this.capabilities = shape.capabilities();
        this.limits = new StepRuns.RunLimits(
                shape.rows(session.mostTensorBytes()), shape.ports().span());
        this.result = new StepResult(capabilities.maxRows(), capabilities.maxTokens());
    }

    @Override
    public ModelShape shape() {
        return model;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public void reserve(CacheReservation reservation) {
        int slots = reservation.units().getFirst().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        DecoderPorts ports = shape.ports();
        if (!ports.tokens().isEmpty()) {
            caches.add(
                    shape.shared()
                            ? new SharedCaches(session, ports.tokens(), slots, shape.capacity())
                            : new GrowingCaches(session, ports.tokens(), slots, shape.capacity()));
        }
        if (!ports.states().isEmpty()) {
            caches.add(new StateCaches(session, ports.states(), slots));
        }
        runs = new StepRuns(new RowMap(slots, caches), caches, shape.equalLengths(), limits);
        graph = new GraphRun(session.bind(), shape, caches, capabilities.maxTokens());
    }

    /** A slot begins anew with the row of a sequence's first position, so there is nothing to do before. */
    @Override
    public void apply(CacheCommand command) {
        if (!(command instanceof CacheCommand.ResetSlot)) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE,
                    "Caches of an exported graph can only be reset, not "
                            + command.getClass().getSimpleName());
        }
    }

    @Override
    public void begin(StepPlan plan) {
        if (begun != null) {
            throw new IllegalStateException("a step was begun and not awaited");
        }
        begun = plan;
    }

    @Override
    public StepResult await() {
        StepPlan plan = begun;
        StepRuns split = runs;
        GraphRun runner = graph;
        if (plan == null || split == null || runner == null) {
            throw new IllegalStateException("no step was begun, or nothing reserved");
        }
        begun = null;
        result.clear(plan.rows());
        try {
            runner.begin(plan, result);
            split.forEach(plan, runner::run);
        } catch (ForetokenException e) {
            throw new ForetokenException(ErrorCode.RUNTIME_FAILED, e.getMessage(), e);
        }
        long before = drawn;
        drawn += plan.rows();
        if (Long.highestOneBit(before) != Long.highestOneBit(drawn) && drawn >= LOGGED_ROWS) {
            logTraffic();
        }
        return result;
    }

    /** What was copied of caches so far. */
    public CacheTraffic traffic() {
        return caches.stream().map(Caches::traffic).reduce(new CacheTraffic(0, 0), CacheTraffic::plus);
    }

    private void logTraffic() {
        CacheTraffic traffic = traffic();
        LOG.log(
                System.Logger.Level.INFO,
                "%s: %d rows computed, %.1f MiB of caches copied when sequences joined or left, %.1f MiB by the graph itself"
                        .formatted(shape.facts().name(), drawn, traffic.moved() / MIB, traffic.grown() / MIB));
    }

    @Override
    public long residentBytes() {
        return shape.facts().weightBytes() + shape.workBytes();
    }

    @Override
    public Optional<ComputeInfo> compute() {
        return Optional.of(compute);
    }

    @Override
    public HeldAs heldAs() {
        String type = shape.ports().tokens().stream()
                .map(port -> port.type().name().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("");
        return new HeldAs("onnx", shape.facts().weightBytes(), type);
    }

    @Override
    public void close() {
        if (drawn > 0) {
            logTraffic();
        }
        if (graph != null) {
            graph.close();
        }
        caches.forEach(Caches::close);
        session.close();
    }
}
