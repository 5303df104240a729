package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.nativeruntime.plan.Routing;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the metadata of a GGUF file into a validated plan that names the file's tensors. */
public final class GgufPlanReader {

    private static final String LLAMA = "llama";
    private static final String GPT2 = "gpt2";
    private static final String OLMOE = "olmoe";
    static final String GPT_OSS = "gpt-oss";
    private static final List<String> ARCHITECTURES = List.of(
            LLAMA,
            GgufDeepseek.ARCHITECTURE,
            "gemma2",
            "gemma3",
            GPT2,
            GPT_OSS,
            "granite",
            "granitemoe",
            "olmo2",
            OLMOE,
            "phi3",
            "qwen2",
            "qwen3",
            "qwen3moe");
    /** Those whose converter interleaves the halves of every head's query and key. */
    private static final Set<String> INTERLEAVED =
            Set.of(LLAMA, "granite", "granitemoe", GgufHybrid.GRANITE, GgufHybrid.NEMOTRON, GgufHybrid.NEMOTRON_MOE);

    private static final int MAX_LAYERS = 4096;

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String architecture;

    private GgufPlanReader(GgufFile file) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = metadata.requiredText("general.architecture");
    }

    /**
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, or MODEL_FILE_CORRUPT when a value is missing, of the wrong type
     *     or out of range
     */
    public static ModelPlan read(GgufFile file) {
        return new GgufPlanReader(file).plan();
    }

    /**
     * Head size by name of the tensors whose heads have interleaved halves: query and key of {@code llama} and Granite, where the
     * converter of such files moves rows (and elements of biases) so.
     */
    public static Map<String, Integer> interleavedHeads(ModelPlan plan) {
        Map<String, Integer> heads = new HashMap<>();
        if (INTERLEAVED.contains(plan.architecture())) {
            for (Attention attention : plan.attentions()) {
                for (Linear linear :
                        List.of(attention.direct().query(), attention.direct().key())) {
                    int headDim = attention.layout().headDim();
                    heads.put(linear.matrix().tensor(), headDim);
                    if (linear.bias() != null) {
                        heads.put(linear.bias().tensor(), headDim);
                    }
                }
            }
        }
        return heads;
    }

    private ModelPlan plan() {
        if (GgufHybrid.ARCHITECTURES.contains(architecture)) {
            return PlanValidator.validated(new GgufHybrid(file, architecture).plan(layers(), vocabulary()));
        }
        if (!ARCHITECTURES.contains(architecture)) {
            throw metadata.unsupported(
                    "general.architecture",
                    "\"" + architecture + "\"",
                    "one of %s, %s"
                            .formatted(String.join(", ", ARCHITECTURES), String.join(", ", GgufHybrid.ARCHITECTURES)));
        }
        if (architecture.equals(GPT2)) {
            return PlanValidator.validated(gpt2());
        }
        if (architecture.equals(GgufDeepseek.ARCHITECTURE)) {
            return PlanValidator.validated(new GgufDeepseek(file).plan(layers(), hidden(), vocabulary()));
        }
        DecoderTraits traits = new GgufTraits(file, architecture, layers(), hidden(), layout()).read();
        TensorNames names = architecture.equals(GPT_OSS) ? TensorNames.GGUF_GPT_OSS : TensorNames.GGUF;
        return PlanValidator.validated(DecoderPlan.build(shape(traits), traits, names, experts()));
    }

    private DecoderShape shape(DecoderTraits traits) {
        return new DecoderShape(
                architecture,
                layers(),
                hidden(),
                size("feed_forward_length"),
                vocabulary(),
                tied(),
                GgufRotary.contextTokens(metadata, architecture + ".", traits.layers()));
    }

    private boolean tied() {
        return file.tensor("output.weight").isEmpty();
    }

    private ModelPlan gpt2() {
        Gpt2Plan.Sizes sizes = new Gpt2Plan.Sizes(
                layers(),
                hidden(),
                layout().heads(),
                size("feed_forward_length"),
                vocabulary(),
                size("context_length"));
        float epsilon = (float) metadata.number(GPT2 + ".attention.layer_norm_epsilon", 1e-5);
        Gpt2Plan.Options options = new Gpt2Plan.Options(tied(), Activation.GELU_TANH, true, false, epsilon);
        return Gpt2Plan.build(GPT2, sizes, options, Gpt2Plan.Names.gguf());
    }

    private int layers() {
        return metadata.integer(architecture + ".block_count", 1, MAX_LAYERS);
    }

    private int hidden() {
        return size("embedding_length");
    }

    /** Rows of the embedding: the token list may be shorter where the model pads it. */
    private int vocabulary() {
        long rows = file.tensor("token_embd.weight")
                .map(tensor -> tensor.dimensions().getLast())
                .orElse(1L);
        if (rows > CheckpointConfig.MAX_SIZE) {
            throw metadata.unsupported(
                    "token_embd.weight", rows + " rows", "at most " + CheckpointConfig.MAX_SIZE + " rows");
        }
        return (int) rows;
    }

    private HeadLayout layout() {
        int heads = size("attention.head_count");
        int kvHeads = integer("attention.head_count_kv", 1, heads);
        int headDim = integer("attention.key_length", 1, Math.max(1, hidden() / heads));
        int valueDim = integer("attention.value_length", 1, headDim);
        if (valueDim != headDim) {
            throw metadata.unsupported(
                    architecture + ".attention.value_length", Integer.toString(valueDim), "key_length, " + headDim);
        }
        long width = (long) Math.max(heads, kvHeads) * headDim;
        if (width > CheckpointConfig.MAX_SIZE) {
            throw metadata.unsupported(
                    "attention.head_count * key_length", "= " + width, "at most " + CheckpointConfig.MAX_SIZE);
        }
        return new HeadLayout(heads, kvHeads, headDim);
    }

    /** Null where the file has no experts. A layer has them if it has a router. */
    private @Nullable ExpertTraits experts() {
        int count = metadata.integer(architecture + ".expert_count", 0, ExpertTraits.MAX_EXPERTS, 0);
        if (count == 0) {
            return null;
        }
        int inner = integer("expert_feed_forward_length", 1, size("feed_forward_length"));
        return new ExpertTraits(
                count,
                inner,
                Routing.softmax(size("expert_used_count"), !architecture.equals(OLMOE)),
                expertNames(),
                layer -> file.tensor(TensorNames.GGUF.layer(layer) + "ffn_gate_inp.weight")
                        .isPresent());
    }

    private ExpertNames expertNames() {
        if (architecture.equals(GPT_OSS)) {
            return ExpertNames.GGUF_GPT_OSS;
        }
        boolean apart =
                file.tensor(TensorNames.GGUF.layer(0) + "ffn_gate.0.weight").isPresent();
        return apart ? ExpertNames.GGUF_APART : ExpertNames.GGUF;
    }

    private int size(String key) {
        return metadata.integer(architecture + "." + key, 1, CheckpointConfig.MAX_SIZE);
    }

    private int integer(String key, int min, int absent) {
        return metadata.integer(architecture + "." + key, min, CheckpointConfig.MAX_SIZE, absent);
    }
}
