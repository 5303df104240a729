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
import dev.foretoken.onnxruntime.session.SessionThreads;
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
     */
    public record Facts(long residentBytes, ComputeInfo compute) {}

    /**
     * The graph, loaded.
     *
     * @param whole on all threads
     * @param single on one thread, so that parts of a batch are computed at once; empty where that is not worth the memory
     */
    public record Sessions(GraphSession whole, Optional<GraphSession> single) {
        private void close() {
            single.ifPresent(GraphSession::close);
            whole.close();
        }
    }

    private final Sessions sessions;
    private final GraphDeclaration declaration;
    private final Facts facts;
    private final SignaturePlan plan;
    private final GraphCall call;
    private final ParallelRows rows;
    private final Answering answering;
    private final LengthSearch lengths;
    private final Optional<GraphLoop> loop;

    /**
     * Takes the sessions over, also when it throws.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED where the graph has no output that its task is about
     */
    public static GraphTensorRuntime over(Sessions sessions, GraphDeclaration declaration, Facts facts) {
        try {
            return new GraphTensorRuntime(sessions, declaration, facts);
        } catch (RuntimeException e) {
            sessions.close();
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

    private GraphTensorRuntime(Sessions sessions, GraphDeclaration declaration, Facts facts) {
        GraphSession session = sessions.whole();
        this.sessions = sessions;
        this.declaration = declaration;
        this.facts = facts;
        this.plan = SignaturePlan.of(session.inputs(), session.outputs(), declaration);
        this.call = new GraphCall(session);
        this.answering = new Answering(plan.signature(), new GivenTensors(plan.inputs()), plan.head());
        this.rows = new ParallelRows(
                session,
                sessions.single(),
                plan.signature(),
                answering,
                new SessionThreads(facts.compute().threads(), facts.compute().cpus()),
                System::nanoTime);
        this.lengths = new LengthSearch(plan);
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
    public boolean cutsPadding() {
        return loop.isEmpty() && declaration.caches().isEmpty() && rows.cutsPadding();
    }

    @Override
    public List<Tensor> run(List<Tensor> inputs, List<String> outputs, IterationWatch watch) {
        if (!declaration.caches().isEmpty()) {
            return runOnce(inputs, outputs);
        }
        if (loop.isPresent()) {
            GraphLoop graph = loop.get();
            return answering.answer((given, wanted) -> graph.run(given, wanted, watch), inputs, outputs);
        }
        try {
            return rows.run(inputs, outputs);
        } catch (ForetokenException e) {
            throw lengths.explained(e, inputs, given -> answering.answer(call::compute, given, outputs));
        }
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
        sessions.close();
    }
}
