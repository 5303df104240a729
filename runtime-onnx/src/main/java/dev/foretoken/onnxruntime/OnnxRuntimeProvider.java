package dev.foretoken.onnxruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelRuntime;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.onnxruntime.artifact.GraphArtifact;
import dev.foretoken.onnxruntime.decoder.DecoderFacts;
import dev.foretoken.onnxruntime.decoder.DecoderFolder;
import dev.foretoken.onnxruntime.decoder.DecoderRuntimes;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionThreads;
import dev.foretoken.onnxruntime.tensor.GraphTensorRuntime;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens exported graphs: ONNX files and folders with one. */
public final class OnnxRuntimeProvider implements RuntimeProvider {

    private final Supplier<OrtHome> start;
    private @Nullable OrtHome home;

    public OnnxRuntimeProvider() {
        this(OrtHome::ofUser);
    }

    OnnxRuntimeProvider(Supplier<OrtHome> start) {
        this.start = start;
    }

    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public Availability probe(ModelSource source, DeviceSpec device) {
        if (!isGraph(source)) {
            return new Availability.Missing(
                    "there is no graph: expected a *.onnx file, or a folder with model.onnx, onnx/model.onnx, decoder_model_merged.onnx, genai_config.json or graph.json");
        }
        try {
            artifact(source);
            return home().sessions().availability(device);
        } catch (ForetokenException e) {
            return new Availability.Missing(String.valueOf(e.getMessage()));
        } catch (LinkageError e) {
            return new Availability.Missing("ONNX Runtime's library cannot be loaded: " + e.getMessage());
        }
    }

    @Override
    public Optional<RuntimeEstimate> estimate(ModelSource source, DeviceSpec device, RuntimeOptions options) {
        GraphArtifact artifact = artifact(source);
        return switch (artifact) {
            case GraphArtifact.DecoderGraph decoder -> HeaderEstimate.of(decoder, source.name(), options);
            case GraphArtifact.TensorGraph graph -> Optional.of(HeaderEstimate.of(graph, device));
        };
    }

    @Override
    public ModelRuntime open(ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
        GraphArtifact artifact = artifact(source);
        progress.update("reading the graph", 0, artifact.bytes());
        ModelRuntime runtime = switch (artifact) {
            case GraphArtifact.DecoderGraph graph -> sequences(graph, source, device, options);
            case GraphArtifact.TensorGraph graph -> tensors(graph, device);
        };
        progress.update("reading the graph", artifact.bytes(), artifact.bytes());
        return runtime;
    }

    private ModelRuntime sequences(
            GraphArtifact.DecoderGraph graph, ModelSource source, DeviceSpec device, RuntimeOptions options) {
        OrtHome here = home();
        DecoderFacts facts = new DecoderFolder(
                        source.name(),
                        HeaderEstimate.residentBytes(graph),
                        GraphDigest.of(graph.graph(), here.optimized().machine()))
                .facts(graph.genAi(), graph.config(), graph.header().operators());
        return DecoderRuntimes.open(
                here.optimized().open(graph, here.sessions(), device), facts, options, compute(device));
    }

    private ModelRuntime tensors(GraphArtifact.TensorGraph graph, DeviceSpec device) {
        OrtHome here = home();
        ComputeInfo compute = compute(device);
        GraphSession whole = here.optimized().open(graph, here.sessions(), device);
        return GraphTensorRuntime.over(
                new GraphTensorRuntime.Sessions(whole, single(graph, device, compute, whole)),
                graph.declaration(),
                new GraphTensorRuntime.Facts(HeaderEstimate.residentBytes(graph, device), compute));
    }

    /** The same graph on one thread, for parts of a batch. */
    private Optional<GraphSession> single(
            GraphArtifact.TensorGraph graph, DeviceSpec device, ComputeInfo compute, GraphSession whole) {
        if (!HeaderEstimate.isLoadedTwice(graph, device) || compute.threads() == 1) {
            return Optional.empty();
        }
        OrtHome here = home();
        try {
            DeviceSpec one = new DeviceSpec(device.kind(), device.index(), 1, device.cpus());
            return Optional.of(here.optimized().open(graph, here.sessions(), one));
        } catch (RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    private static ComputeInfo compute(DeviceSpec device) {
        int threads = SessionThreads.of(device, Runtime.getRuntime().availableProcessors())
                .count();
        return new ComputeInfo("onnxruntime-" + device.kind(), threads, device.cpus());
    }

    private static boolean isGraph(ModelSource source) {
        return source.isFile() && GraphArtifact.isAt(Path.of(source.location()));
    }

    /** What a registry gave was checked when it came in, and is linked into its view. */
    private static GraphArtifact artifact(ModelSource source) {
        if (!isGraph(source)) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED, "Model %s is no exported graph".formatted(source.name()));
        }
        return GraphArtifact.at(Path.of(source.location()), !source.digest().isEmpty());
    }

    private synchronized OrtHome home() {
        OrtHome there = home;
        if (there == null) {
            there = start.get();
            home = there;
        }
        return there;
    }
}
