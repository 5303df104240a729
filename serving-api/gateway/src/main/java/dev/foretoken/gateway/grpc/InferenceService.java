package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.wire.stream.ReadyStream;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import dev.foretoken.wire.v1.HealthRequest;
import dev.foretoken.wire.v1.HealthResponse;
import dev.foretoken.wire.v1.InferenceGrpc;
import dev.foretoken.wire.v1.Model;
import dev.foretoken.wire.v1.ModelInfoRequest;
import dev.foretoken.wire.v1.ModelInfoResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Executor;

/** The three public calls. */
final class InferenceService extends InferenceGrpc.InferenceImplBase {

    private final Gateway gateway;
    private final Executor calls;

    InferenceService(Gateway gateway, Executor calls) {
        this.gateway = gateway;
        this.calls = calls;
    }

    /** Runs on a thread of its own: gRPC delivers cancellation on the thread that called this method. */
    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> responses) {
        ServerCallStreamObserver<GenerateResponse> observer = (ServerCallStreamObserver<GenerateResponse>) responses;
        GenerateCall call = new GenerateCall(gateway, new ReadyStream<>(observer));
        observer.setOnCancelHandler(call::cancel);
        calls.execute(() -> call.run(request));
    }

    @Override
    public void health(HealthRequest request, StreamObserver<HealthResponse> responses) {
        Gateway.Readiness readiness = gateway.readiness();
        responses.onNext(HealthResponse.newBuilder()
                .setLive(true)
                .setReady(readiness.ready())
                .setDetail(readiness.ready() ? "" : readiness.detail())
                .build());
        responses.onCompleted();
    }

    @Override
    public void modelInfo(ModelInfoRequest request, StreamObserver<ModelInfoResponse> responses) {
        try {
            ModelCatalog catalog = gateway.catalog();
            List<ServedModel> models =
                    request.getModel().isEmpty() ? catalog.all() : List.of(catalog.require(request.getModel()));
            ModelInfoResponse.Builder response = ModelInfoResponse.newBuilder();
            models.forEach(model -> response.addModels(describe(model)));
            responses.onNext(response.build());
            responses.onCompleted();
        } catch (RuntimeException e) {
            responses.onError(CallStatus.of(e));
        }
    }

    private static Model describe(ServedModel served) {
        Model.Builder model = Model.newBuilder()
                .setName(served.publicName())
                .setText(served.tokenizer().isPresent())
                .addAllPrefillModes(
                        served.prefillModes().stream().map(PrefillChoice::text).toList())
                .setState("LOADING");
        served.info().ifPresent(info -> describe(info, model));
        if (served.adapter().isEmpty()) {
            served.info().stream()
                    .flatMap(info -> info.adapters().stream())
                    .forEach(adapter ->
                            model.addAdapters(served.with(adapter.name()).publicName()));
        }
        return model.build();
    }

    private static void describe(ModelInfo info, Model.Builder model) {
        model.setState(info.state().name())
                .setVocabularySize(info.vocabularySize())
                .setContextTokens(info.contextTokens())
                .setRuntime(info.runtime())
                .setNumericsId(info.numericsId())
                .setWeights(info.heldAs().weights())
                .setWeightBytes(info.heldAs().weightBytes())
                .setKvCache(info.heldAs().kvCache());
    }
}
