package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** Where every protocol gets its tensors: chooses the engine of a call and waits for its answer. Any thread may call it. */
public final class Inferences {

    private final RoutedCalls calls;
    private final TensorLimits limits;
    private final Duration longest;

    /** @param longest time that a call may wait, and that of a call which names none */
    public Inferences(RoutedCalls calls, TensorLimits limits, Duration longest) {
        this.calls = calls;
        this.limits = limits;
        this.longest = longest;
    }

    public TensorLimits limits() {
        return limits;
    }

    public Duration longest() {
        return longest;
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE for a model that takes no tensors; what {@link RoutedCalls#signature} throws */
    public TensorSignature signature(ServedModel model) {
        model.require(ModelTask.TENSOR);
        return calls.signature(model);
    }

    /**
     * Who asks for an inference.
     *
     * @param transport what the caller's connection says of its patience
     * @param waited for an engine, so far: it is taken off the call's time
     * @param priority what the caller's connection says of it; a call that says it itself counts
     * @param told the id of every decision where the call goes, before it goes there
     */
    public record Caller(
            RequestIdentity identity,
            Optional<Duration> transport,
            Duration waited,
            Optional<Priority> priority,
            Tenant tenant,
            Consumer<String> told) {}

    /** How long a call may take: the shortest of what it says, what its connection says, and what any may. */
    public Duration patience(InferOrder call, Optional<Duration> transport) {
        return call.parameters()
                .service(Optional.empty(), transport, longest)
                .timeout()
                .orElse(longest);
    }

    /**
     * Blocks until the outputs are there; an interrupt cancels.
     *
     * @throws ForetokenException UNSUPPORTED_FEATURE for a model that takes no tensors; DEADLINE_EXCEEDED where it was waited for too long; what
     *     {@link RoutedCalls#infer} throws
     */
    public TensorAnswer infer(ServedModel model, InferOrder call, Caller caller) {
        CallParameters parameters = call.parameters();
        TensorRequest request = new TensorRequest(
                model.engineModel(),
                caller.identity(),
                caller.tenant()
                        .serve(parameters
                                .service(caller.priority(), caller.transport(), longest)
                                .withTimeout(left(patience(call, caller.transport()), caller.waited()))),
                call.inputs(),
                call.outputNames(),
                parameters.session());
        if (!call.classifies()) {
            return infer(model, request, 0, caller.told());
        }
        TensorSignature signature = signature(model);
        TopClasses.check(call, signature); // before the run: a stream whose caller is refused must not go on
        return classified(call, infer(model, request, 0, caller.told()), signature);
    }

    private static Duration left(Duration whole, Duration waited) {
        if (waited.compareTo(whole) >= 0) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED, "no engine was asked within " + whole.toMillis() + " ms");
        }
        return whole.minus(waited);
    }

    private static TensorAnswer classified(InferOrder call, TensorAnswer answer, TensorSignature signature) {
        List<Tensor> outputs = answer.outputs().stream()
                .map(output -> {
                    int classes = call.classes(output.name());
                    return classes == 0 ? output : TopClasses.of(output, classes, signature);
                })
                .toList();
        return new TensorAnswer(outputs, answer.timings());
    }

    /**
     * The same of a request that is complete but for its {@link ServiceLevel#timeout} where it has none.
     *
     * @param tokens that it computes; 0 where it computes no texts
     * @param told the id of every decision where it goes; a call of a stream goes where the stream's caches lie, without one
     */
    public TensorAnswer infer(ServedModel model, TensorRequest request, int tokens, Consumer<String> told) {
        model.require(ModelTask.TENSOR);
        if (request.session().isPresent()) {
            return model.tensors(home(
                            model,
                            request.identity().tenant(),
                            request.session().get()))
                    .infer(request);
        }
        return calls.infer(model, request, tokens, told);
    }

    /** Caches of a stream lie in one engine, so all its calls go there. */
    private EngineEndpoint home(ServedModel model, String tenant, SessionUse session) {
        return calls.home(model, Objects.hash(model.engineModel(), tenant, session.id()));
    }
}
