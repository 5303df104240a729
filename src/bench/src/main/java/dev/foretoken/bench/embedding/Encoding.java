package dev.foretoken.bench.embedding;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.encode.EncodeMetrics;
import dev.foretoken.gateway.encode.EncodeOrder;
import dev.foretoken.gateway.encode.EncodedRows;
import dev.foretoken.gateway.encode.EncoderInput;
import dev.foretoken.gateway.encode.Encoders;
import dev.foretoken.gateway.encode.Truncation;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.tensor.Inferences;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.text.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** The way of {@code /v1/embeddings} behind the protocol: tokenizer, runs by length, the scheduler's host, rows of vectors. */
final class Encoding implements AutoCloseable {

    private static final String MODEL = "encoder";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final LocalEngine engine;
    private final ServedModel model;
    private final Encoders encoders;

    private Encoding(LocalEngine engine, ServedModel model, Encoders encoders) {
        this.engine = engine;
        this.model = model;
        this.encoders = encoders;
    }

    /** Loads a folder with a graph and its tokenizer as a server would. */
    static Encoding open(Path folder, int threads) {
        Tokenizer tokenizer = Tokenizer.load(folder);
        LocalEngine engine = LocalEngine.open(
                LocalEngine.source(MODEL, folder.toString()), RuntimeOptions.DEFAULT, DeviceSpec.cpu(threads));
        EngineSet engines = EngineSet.of(List.of(new EngineEndpoint("local", engine.engine())));
        return new Encoding(
                engine,
                ServedModel.ofCheckpoint(MODEL, tokenizer, InstantSource.system(), engines),
                new Encoders(
                        new Inferences(RoutedCalls.of(new EngineRouter()), TensorLimits.DEFAULT, PATIENCE),
                        Thread.ofVirtual().factory(),
                        new EncodeMetrics(Telemetry.NONE)));
    }

    /** One request. */
    EncodedRows embed(List<String> texts) throws InterruptedException {
        List<EncoderInput> inputs =
                texts.stream().<EncoderInput>map(EncoderInput.Text::new).toList();
        return encoders.encode(
                model,
                new EncodeOrder(
                        ModelTask.EMBED,
                        inputs,
                        "input",
                        Truncation.REFUSE,
                        RequestIdentity.anonymous("bench"),
                        ServiceLevel.DEFAULT,
                        id -> {}));
    }

    @Override
    public void close() {
        engine.close();
    }
}
