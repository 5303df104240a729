package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.tensor.ModelVersions;
import dev.foretoken.gateway.tensor.json.MetadataJson;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferResponse;
import dev.foretoken.wire.inference.ModelMetadataRequest;
import dev.foretoken.wire.inference.ModelMetadataResponse;
import dev.foretoken.wire.inference.ModelReadyRequest;
import dev.foretoken.wire.inference.ModelReadyResponse;
import dev.foretoken.wire.inference.ModelStreamInferResponse;
import dev.foretoken.wire.inference.RepositoryIndexRequest;
import dev.foretoken.wire.inference.RepositoryIndexResponse;
import dev.foretoken.wire.inference.RepositoryIndexResponse.ModelIndex;
import dev.foretoken.wire.inference.ServerLiveRequest;
import dev.foretoken.wire.inference.ServerLiveResponse;
import dev.foretoken.wire.inference.ServerMetadataRequest;
import dev.foretoken.wire.inference.ServerMetadataResponse;
import dev.foretoken.wire.inference.ServerReadyRequest;
import dev.foretoken.wire.inference.ServerReadyResponse;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The calls of the Open Inference Protocol. */
final class OpenInferenceService extends GRPCInferenceServiceImplBase {

    private final Gateway gateway;
    private final Executor calls;

    OpenInferenceService(Gateway gateway, Executor calls) {
        this.gateway = gateway;
        this.calls = calls;
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> response) {
        answer(response, () -> ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> response) {
        answer(
                response,
                () -> ServerReadyResponse.newBuilder()
                        .setReady(gateway.readiness().ready())
                        .build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> response) {
        answer(response, () -> {
            ServedModel model = versions().require(request.getName(), request.getVersion());
            boolean ready = model.canAnswer() && !gateway.admission().isDraining();
            return ModelReadyResponse.newBuilder().setReady(ready).build();
        });
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> response) {
        answer(
                response,
                () -> ServerMetadataResponse.newBuilder()
                        .setName("foretoken")
                        .setVersion(Gateway.version())
                        .addAllExtensions(MetadataJson.EXTENSIONS)
                        .build());
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> response) {
        calls.execute(() -> answer(response, () -> metadata(request)));
    }

    private ModelMetadataResponse metadata(ModelMetadataRequest request) {
        ServedModel model = versions().require(request.getName(), request.getVersion());
        TensorSignature signature = gateway.inferences().signature(model);
        return ModelMetadataResponse.newBuilder()
                .setName(request.getName())
                .addAllVersions(versions().of(request.getName()))
                .setPlatform(model.info().map(ModelInfo::runtime).orElse(""))
                .addAllInputs(
                        signature.inputs().stream().map(InferMessages::metadata).toList())
                .addAllOutputs(signature.outputs().stream()
                        .map(InferMessages::metadata)
                        .toList())
                .build();
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> response) {
        answer(response, () -> {
            RepositoryIndexResponse.Builder index = RepositoryIndexResponse.newBuilder();
            gateway.catalog().all().stream()
                    .filter(model -> !request.getReady() || model.canAnswer())
                    .forEach(model -> index.addModels(ModelIndex.newBuilder()
                            .setName(model.publicName())
                            .setVersion(versions().answering(model.publicName(), ""))
                            .setState(model.canAnswer() ? "READY" : "UNAVAILABLE")));
            return index.build();
        });
    }

    /** Runs on a thread of its own, which is interrupted when the caller leaves. */
    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> response) {
        InferCall call = call();
        WaitingThread waiting = new WaitingThread();
        ((ServerCallStreamObserver<ModelInferResponse>) response).setOnCancelHandler(waiting::interrupt);
        calls.execute(() -> waiting.run(() -> answer(response, () -> call.answer(request))));
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> responses) {
        return new InferStream(call(), (ServerCallStreamObserver<ModelStreamInferResponse>) responses, calls);
    }

    private InferCall call() {
        return new InferCall(
                gateway,
                CallIdentity.TENANT.get(),
                CallIdentity.REPLY.get(),
                Optional.ofNullable(Context.current().getDeadline()),
                Optional.ofNullable(CallIdentity.PRIORITY.get()));
    }

    private ModelVersions versions() {
        return new ModelVersions(gateway.catalog());
    }

    private static <T> void answer(StreamObserver<T> response, Supplier<T> message) {
        T made;
        try {
            made = message.get();
        } catch (RuntimeException e) {
            response.onError(CallStatus.of(e));
            return;
        }
        response.onNext(made);
        response.onCompleted();
    }
}
