package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.Route;
import dev.foretoken.gateway.routing.RouteQuery;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.routing.fleet.SentRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Where every protocol gets its tensors: chooses the engine of a call and waits for its answer. Any thread may call it. */
public final class Inferences {

    private final EngineRouter router;
    private final TensorLimits limits;
    private final Duration longest;

    /** @param longest time that a call may wait, and that of a call which names none */
    public Inferences(EngineRouter router, TensorLimits limits, Duration longest) {
        this.router = router;
        this.limits = limits;
        this.longest = longest;
    }

    public TensorLimits limits() {
        return limits;
    }

    public Duration longest() {
        return longest;
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE for a model that takes no tensors; what {@link TensorEngine#signature} throws */
    public TensorSignature signature(ServedModel model) {
        model.require(ModelTask.TENSOR);
        return engine(model, router.home(model, 0)).signature(model.engineModel());
    }

    /**
     * Blocks until the outputs are there; an interrupt cancels.
     *
     * @param transport what the caller's connection says of its patience
     * @param tenant of the authenticated caller
     * @throws ForetokenException UNSUPPORTED_FEATURE for a model that takes no tensors; what {@link TensorEngine#infer} throws
     */
    public TensorAnswer infer(
            ServedModel model, InferOrder call, RequestIdentity identity, Optional<Duration> transport, Tenant tenant) {
        CallParameters parameters = call.parameters();
        TensorRequest request = new TensorRequest(
                model.engineModel(),
                identity,
                tenant.serve(parameters.service(transport, longest)),
                call.inputs(),
                call.outputNames(),
                parameters.session());
        if (!call.classifies()) {
            return infer(model, request);
        }
        TensorSignature signature = signature(model);
        TopClasses.check(call, signature); // before the run: a stream whose caller is refused must not go on
        return classified(call, infer(model, request), signature);
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

    /** The same of a request that is complete but for its {@link ServiceLevel#timeout} where it has none. */
    public TensorAnswer infer(ServedModel model, TensorRequest request) {
        model.require(ModelTask.TENSOR);
        if (request.session().isPresent()) {
            return engine(
                            model,
                            home(
                                    model,
                                    request.identity().tenant(),
                                    request.session().get()))
                    .infer(request);
        }
        Route route = router.choose(RouteQuery.of(model));
        SentRequest sent = route.sent(1);
        try {
            return engine(model, route.chosen()).infer(request);
        } finally {
            sent.ended();
        }
    }

    /** Caches of a stream lie in one engine, so all its calls go there. */
    private EngineEndpoint home(ServedModel model, String tenant, SessionUse session) {
        return router.home(model, Objects.hash(model.engineModel(), tenant, session.id()));
    }

    private static TensorEngine engine(ServedModel model, EngineEndpoint endpoint) {
        return endpoint.tensors()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE,
                        "model '" + model.publicName() + "' is served by an engine that takes no tensors"));
    }
}
