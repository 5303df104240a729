package dev.foretoken.onnxruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.onnxruntime.artifact.GraphArtifact;
import dev.foretoken.onnxruntime.decoder.DecoderFacts;
import dev.foretoken.onnxruntime.decoder.DecoderFolder;
import dev.foretoken.onnxruntime.decoder.DecoderRuntimes;
import dev.foretoken.onnxruntime.decoder.DecoderSize;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.tensor.GraphTensorRuntime;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a graph would take of memory and what it would be, from its file and what lies beside it. */
final class HeaderEstimate {

    /**
     * What a session takes beside its weights: 1.6 MiB measured as the mean of the hundred graphs of the zoo, which have 67 KiB each, opened and
     * run; larger graphs have larger intermediate values.
     */
    private static final long LEAST_WORK = 4L << 20;

    private static final long MOST_OWN = 16L << 20;

    /** A larger encoder's weights are not loaded a second time. */
    private static final long MOST_TWICE = 256L << 20;

    private static final Set<ModelTask> OF_TEXTS = EnumSet.of(ModelTask.EMBED, ModelTask.RERANK, ModelTask.CLASSIFY);

    private HeaderEstimate() {}

    /**
     * Whether an encoder is loaded on one thread too, where there are several: parts of a batch of texts are then computed at once. One that
     * quantizes by all values of a tensor is not: its rows depend on those beside them.
     */
    static boolean isLoadedTwice(GraphArtifact.TensorGraph graph, DeviceSpec device) {
        return device.kind() == DeviceSpec.Kind.CPU
                && device.threads() != 1
                && OF_TEXTS.contains(graph.declaration().task())
                && graph.bytes() <= MOST_TWICE
                && !graph.header().operators().contains("DynamicQuantizeLinear");
    }

    /** {@link #residentBytes(GraphArtifact)} of all that is loaded of a graph. */
    static long residentBytes(GraphArtifact.TensorGraph graph, DeviceSpec device) {
        return graph.bytes() + workBytes(graph, device);
    }

    private static long workBytes(GraphArtifact.TensorGraph graph, DeviceSpec device) {
        return workBytes(graph) + (isLoadedTwice(graph, device) ? residentBytes(graph) : 0);
    }

    /** Weights and work space of a loaded graph, without caches. */
    static long residentBytes(GraphArtifact artifact) {
        return artifact.bytes() + workBytes(artifact);
    }

    /** A quarter of the weights is packed anew. */
    private static long workBytes(GraphArtifact artifact) {
        return artifact.bytes() / 4 + Math.min(MOST_OWN, LEAST_WORK + artifact.bytes());
    }

    static RuntimeEstimate of(GraphArtifact.TensorGraph graph, DeviceSpec device) {
        Optional<TensorSignature> signature = graph.header()
                .inputPorts()
                .flatMap(inputs -> graph.header()
                        .outputPorts()
                        .map(outputs -> GraphTensorRuntime.signature(inputs, outputs, graph.declaration())));
        return new RuntimeEstimate(
                graph.bytes(),
                workBytes(graph, device),
                new RuntimeEstimate.Facts.Tensors(
                        signature,
                        EnumSet.of(ModelTask.TENSOR, graph.declaration().task())));
    }

    /** Empty where only a session finds the sizes of its inputs and outputs, or that they are not those of a language model. */
    static Optional<RuntimeEstimate> of(GraphArtifact.DecoderGraph graph, String name, RuntimeOptions options) {
        DecoderFacts facts = new DecoderFolder(name, residentBytes(graph), "")
                .facts(graph.genAi(), graph.config(), graph.header().operators());
        return graph.header()
                .inputPorts()
                .flatMap(inputs ->
                        graph.header().outputPorts().flatMap(outputs -> size(inputs, outputs, facts, options)))
                .map(size -> new RuntimeEstimate(
                        graph.bytes(), workBytes(graph) + size.workBytes(), size.shape(), size.capabilities()));
    }

    private static Optional<DecoderSize> size(
            List<GraphPort> inputs, List<GraphPort> outputs, DecoderFacts facts, RuntimeOptions options) {
        try {
            return Optional.of(DecoderRuntimes.size(inputs, outputs, facts, options));
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.MODEL_UNSUPPORTED) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
