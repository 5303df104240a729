package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.reader.DecoderTraits.Norms;
import dev.foretoken.nativeruntime.reader.DecoderTraits.Scales;
import dev.foretoken.nativeruntime.reader.DecoderTraits.Sight;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the metadata of a GGUF file say about a relative of Llama. Norm weights of Gemma are stored with their 1 added. */
final class GgufTraits {

    private static final int DEFAULT_WINDOW = 4096;

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String architecture;
    private final int layers;
    private final int hidden;
    private final HeadLayout layout;
    private final GgufRotary rotary;

    GgufTraits(GgufFile file, String architecture, int layers, int hidden, HeadLayout layout) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture;
        this.layers = layers;
        this.hidden = hidden;
        this.layout = layout;
        this.rotary = new GgufRotary(file, architecture + ".");
    }

    DecoderTraits read() {
        return switch (architecture) {
            case "gemma2", "gemma3" -> gemma();
            case GgufPlanReader.GPT_OSS -> gptOss();
            case "phi3" -> phi3();
            case "granite", "granitemoe" -> llama(window(0)).with(graniteScales());
            case "llama" -> llama(integer("attention.sliding_window", 0, 0));
            default -> llama(0);
        };
    }

    private DecoderTraits llama(int window) {
        return DecoderTraits.of(layout, biases(), norms(), same(window, rotary.settings(layout.headDim())));
    }

    private List<Sight> same(int window, RotarySettings settings) {
        return Sight.same(layers, window, settings);
    }

    /** Metadata do not say which maps have biases; the tensors of the first layer do. */
    private DecoderTraits.Biases biases() {
        return new DecoderTraits.Biases(
                architecture.equals("qwen2") || hasBias(TensorRole.QUERY),
                hasBias(TensorRole.ATTENTION_OUTPUT),
                hasBias(TensorRole.GATE));
    }

    private boolean hasBias(TensorRole role) {
        return file.tensor(TensorNames.GGUF.name(role, 0) + ".bias").isPresent();
    }

    private Norms norms() {
        float epsilon = (float) metadata.number(architecture + ".attention.layer_norm_rms_epsilon", 1e-6);
        return switch (architecture) {
            case "gemma2" -> new Norms(Norms.Placement.BOTH, Norms.QueryKey.NONE, 0, epsilon);
            case "gemma3" -> new Norms(Norms.Placement.BOTH, Norms.QueryKey.HEADS, 0, epsilon);
            case "olmo2" -> {
                requireNoWindow();
                yield new Norms(Norms.Placement.OUTPUT, Norms.QueryKey.WHOLE, 0, epsilon);
            }
            case "olmoe" -> Norms.ofInputs(epsilon).with(Norms.QueryKey.WHOLE);
            case "qwen3", "qwen3moe" -> Norms.ofInputs(epsilon).with(Norms.QueryKey.HEADS);
            default -> Norms.ofInputs(epsilon);
        };
    }

    /** OLMo 3, under the same name, scales its full layers alone. */
    private void requireNoWindow() {
        int window = window(0);
        if (window > 0) {
            throw metadata.unsupported(
                    architecture + ".attention.sliding_window", Integer.toString(window), "none: OLMo 2");
        }
    }

    private DecoderTraits gemma() {
        boolean third = architecture.equals("gemma3");
        int window = window(third ? 0 : DEFAULT_WINDOW);
        int pattern = integer("attention.sliding_window_pattern", 1, third ? 6 : 2);
        RotarySettings full = rotary.settings(layout.headDim());
        RotarySettings windowed = rotary.ofWindowedLayers(full, third);
        List<Sight> sights = new ArrayList<>();
        for (int layer = 1; layer <= layers; layer++) {
            sights.add(window > 0 && layer % pattern != 0 ? new Sight(window, windowed) : new Sight(0, full));
        }
        return DecoderTraits.of(layout, biases(), norms(), sights)
                .with(Activation.GELU_TANH)
                .with(gemmaScales(third));
    }

    /** The largest of each generation scales by the share of a head, and says so by its number of layers only. */
    private Scales gemmaScales(boolean third) {
        boolean largest = layers == (third ? 62 : 46);
        int divisor = largest ? hidden / layout.heads() : layout.headDim();
        return new Scales(
                (float) Math.sqrt(hidden),
                1,
                new Attention.Scores(
                        (float) (1 / Math.sqrt(divisor)), third ? 0 : number("attn_logit_softcapping", 50)),
                1,
                number("final_logit_softcapping", third ? 0 : 30));
    }

    private Scales graniteScales() {
        float scores = number("attention.scale", 0);
        return new Scales(
                number("embedding_scale", 1),
                number("residual_scale", 1),
                scores == 0 ? Attention.Scores.of(layout.headDim()) : new Attention.Scores(scores, 0),
                1 / number("logit_scale", 1),
                0);
    }

    /** Windows and full sight in turns. */
    private DecoderTraits gptOss() {
        int window = window(128);
        List<Integer> windows = IntStream.range(0, layers)
                .map(layer -> layer % 2 == 0 ? window : 0)
                .boxed()
                .toList();
        return DecoderTraits.of(layout, biases(), norms(), Sight.withSinks(windows, rotary.settings(layout.headDim())));
    }

    private DecoderTraits phi3() {
        return DecoderTraits.of(
                        layout, DecoderTraits.Biases.NONE, norms(), same(window(0), rotary.ofPhi3(layout.headDim())))
                .whereFused();
    }

    private int window(int absent) {
        return integer("attention.sliding_window", 0, absent);
    }

    private float number(String key, double absent) {
        return (float) metadata.number(architecture + "." + key, absent);
    }

    private int integer(String key, int min, int absent) {
        return metadata.integer(architecture + "." + key, min, CheckpointConfig.MAX_SIZE, absent);
    }
}
