package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.IterationWatch;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Serves a graph of named tensors. Rows of requests that were joined equal those alone to 1e-5 relative, not bit by bit. */
public final class GraphTensorRuntime implements TensorRuntime {

    /**
     * What it is told of itself.
     *
     * @param residentBytes weights and work space
     * @param runsAtOnce parts of a batch that the device computes at once, 1 at least
     */
    public record Facts(long residentBytes, ComputeInfo compute, int runsAtOnce) {}

    private final GraphSession session;
    private final GraphDeclaration declaration;
    private final Facts facts;
    private final SignaturePlan plan;
    private final GraphCall call;
    private final ParallelRows rows;
    private final Answering answering;
    private final Optional<GraphLoop> loop;

    /**
     * Takes the session over, also when it throws.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED where the graph has no output that its task is about
     */
    public static GraphTensorRuntime over(GraphSession session, GraphDeclaration declaration, Facts facts) {
        try {
            return new GraphTensorRuntime(session, declaration, facts);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * What the runtime of a graph with such ports would say it takes and makes.
     *
     * @throws ForetokenException as {@link #over}
     */
    public static TensorSignature signature(
            List<GraphPort> inputs, List<GraphPort> outputs, GraphDeclaration declaration) {
        return SignaturePlan.of(inputs, outputs, declaration).signature();
    }

    private GraphTensorRuntime(GraphSession session, GraphDeclaration declaration, Facts facts) {
        this.session = session;
        this.declaration = declaration;
        this.facts = facts;
        this.plan = SignaturePlan.of(session.inputs(), session.outputs(), declaration);
        this.call = new GraphCall(session);
        this.rows = ParallelRows.over(session, plan.signature().batchAxis(), facts.runsAtOnce(), System::nanoTime);
        this.answering = new Answering(plan.signature(), new GivenTensors(plan.inputs()), plan.head());
        this.loop = declaration.loop().map(declared -> new GraphLoop(call, declared));
    }

    @Override
    public TensorSignature signature() {
        return plan.signature();
    }

    @Override
    public Set<ModelTask> tasks() {
        return EnumSet.of(ModelTask.TENSOR, declaration.task());
    }

    @Override
    public List<Tensor> run(List<Tensor> inputs, List<String> outputs, IterationWatch watch) {
        if (!declaration.caches().isEmpty()) {
            return runOnce(inputs, outputs);
        }
        Computation computation = loop.<Computation>map(graph -> (given, wanted) -> graph.run(given, wanted, watch))
                .orElse(rows);
        return answering.answer(computation, inputs, outputs);
    }

    /** A stream of one run; its outputs are copied, because its memory goes with it. */
    private List<Tensor> runOnce(List<Tensor> inputs, List<String> outputs) {
        try (TensorSession stream = openSession(new OneRunBudget())) {
            return stream.run(inputs, outputs).stream()
                    .map(tensor -> new Tensor(
                            tensor.name(),
                            tensor.type(),
                            tensor.shape(),
                            MemorySegment.ofArray(tensor.data().toArray(ValueLayout.JAVA_BYTE))))
                    .toList();
        }
    }

    @Override
    public TensorSession openSession(StateBudget budget) {
        if (declaration.caches().isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE,
                    "This model keeps nothing between requests: its graph declares no caches; send them without a sequence id");
        }
        return new CacheStream(call, declaration.caches(), answering, budget);
    }

    @Override
    public long residentBytes() {
        return facts.residentBytes();
    }

    @Override
    public Optional<ComputeInfo> compute() {
        return Optional.of(facts.compute());
    }

    @Override
    public void close() {
        loop.ifPresent(GraphLoop::close);
        rows.close();
        call.close();
        session.close();
    }
}
