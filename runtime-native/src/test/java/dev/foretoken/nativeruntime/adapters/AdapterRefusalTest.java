package dev.foretoken.nativeruntime.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.nativeruntime.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing of an adapter is believed: what is not computed here, does not fit the base or is no number is refused with a sentence. */
final class AdapterRefusalTest {

    /** llama-odd-f32: hidden 72, 100 neurons. */
    private static final String MODULE = "model.layers.0.mlp.up_proj";

    private static final int HIDDEN = 72;
    private static final int INNER = 100;

    @TempDir
    Path folder;

    private final SequenceRuntime runtime = open("llama-odd-f32", new AdapterLimits(2, 16, 1 << 20));

    private static SequenceRuntime open(String base, AdapterLimits limits) {
        return Conformance.open(base, Conformance.EXACT_F32.withAdapters(limits), 1);
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private static WrittenAdapter fine() {
        return new WrittenAdapter(4).module(MODULE, 4, HIDDEN, INNER);
    }

    private void requireRefused(WrittenAdapter adapter, String message) throws IOException {
        Path path = adapter.write(folder);
        assertThatThrownBy(() -> runtime.openAdapter(path))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(message);
    }

    @Test
    void takesWhatIsFineAndSaysWhatItIs() throws IOException {
        try (AdapterWeights weights = runtime.openAdapter(fine().write(folder))) {
            assertThat(weights.rank()).isEqualTo(4);
            // Panels of 16 outputs: 16 x 72 and 112 x 4 floats.
            assertThat(weights.bytes()).isEqualTo(4L * (16 * HIDDEN + 112 * 4));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "peft_type | \"IA3\" | peft_type is \"IA3\"; supported is LORA",
                "use_dora | true | use_dora is true; supported are adapters without it",
                "modules_to_save | [\"lm_head\"] | modules_to_save is",
                "bias | \"lora_only\" | bias is \"lora_only\"; supported is none",
                "lora_bias | true | lora_bias is true",
                "init_lora_weights | \"pissa\" | changes the base's weights as well",
                "layer_replication | [[0, 2]] | layer_replication is",
                "trainable_token_indices | [3] | trainable_token_indices is",
                "target_parameters | [\"experts.up\"] | target_parameters is",
                "something_new | 3 | something_new is 3; supported are adapters without it",
                "r | 0 | r is 0; it must be a whole number in [1.0, 65536.0]",
                "r | 3.5 | r is 3.5; it must be a whole number",
                "r | \"8\" | r is \"8\"",
                "r | 17 | the rank of module model.layers.0.mlp.up_proj is 17, at most 16 is allowed",
                "r | 5 | has shape [4, 72], expected [5, 72]",
                "lora_alpha | \"much\" | lora_alpha is \"much\"; it must be a number",
                "use_rslora | 1 | use_rslora is 1; it must be true or false",
                "target_modules | [] | target_modules is []",
                "target_modules | [\"(a+)+\"] | target_modules has (a+)+; supported are names",
                "target_modules | [\"q_proj\"] | which is not among target_modules",
                "rank_pattern | {\"up_proj\": 5} | expected [5, 72]",
                "rank_pattern | {\"(a+)+$\": 5} | rank_pattern has (a+)+$; supported are names",
                "alpha_pattern | [1] | alpha_pattern is [1]; supported is an object",
                "fan_in_fan_out | true | is stored as [outputs, inputs]",
            })
    void refusesConfigurationsThatMeanSomethingElse(String field, String value, String message) throws IOException {
        WrittenAdapter adapter = fine();
        adapter.config.set(field, new ObjectMapper().readTree(value));
        requireRefused(adapter, message);
    }

    @Test
    void ignoresWhatDoesNotChangeTheAnswer() throws IOException {
        WrittenAdapter adapter = fine();
        adapter.config.put("lora_dropout", 0.1).put("task_type", "CAUSAL_LM").put("something_new", false);
        adapter.config.putNull("layers_to_transform").putObject("loftq_config");
        runtime.openAdapter(adapter.write(folder)).close();
    }

    @Test
    void refusesTensorsThatDoNotFitOrAreNotOfLinearMaps() throws IOException {
        requireRefused(
                new WrittenAdapter(4).module(MODULE, 4, HIDDEN, INNER + 1), "has shape [101, 4], expected [100, 4]");
        requireRefused(
                new WrittenAdapter(4).module("lm_head", 4, HIDDEN, 131),
                "changes module lm_head, which is no linear map");
        requireRefused(new WrittenAdapter(4).module("model.embed_tokens", 4, HIDDEN, 131), "model.embed_tokens");
        requireRefused(
                fine().tensor("base_model.model." + MODULE + ".bias", INNER), "is not lora_A.weight or lora_B.weight");
        requireRefused(fine().tensor("base_model.model.lm_head.weight", 131, HIDDEN), "is not lora_A.weight");
        requireRefused(
                fine().tensor("base_model.model.model.layers.1.mlp.up_proj.lora_A.weight", 4, HIDDEN),
                "lora_A of 2 modules and lora_B of 1");
        requireRefused(new WrittenAdapter(4), "at least of one");
    }

    @Test
    void refusesNumbersThatAreNone() throws IOException {
        requireRefused(fine().of(Float.NaN), "has NaN in row 0");
        requireRefused(fine().of(Float.POSITIVE_INFINITY), "has Infinity in row 0");
    }

    @Test
    void refusesMoreMemoryThanAdaptersMayTake() throws IOException {
        try (SequenceRuntime small = open("llama-odd-f32", new AdapterLimits(2, 16, 1000))) {
            Path path = fine().write(folder);
            assertThatThrownBy(() -> small.openAdapter(path))
                    .hasMessageContaining("all adapters of the model may take 1000");
        }
    }

    @Test
    void refusesLinksAndMissingAndDamagedFiles() throws IOException {
        Path real = fine().write(folder.resolve("real"));
        Path linked = Files.createDirectories(folder.resolve("linked"));
        Files.copy(real.resolve("adapter_config.json"), linked.resolve("adapter_config.json"));
        assertThatThrownBy(() -> runtime.openAdapter(linked))
                .hasMessageContaining("adapter_model.safetensors is not there");
        Files.createSymbolicLink(
                linked.resolve("adapter_model.safetensors"), real.resolve("adapter_model.safetensors"));
        assertThatThrownBy(() -> runtime.openAdapter(linked)).hasMessageContaining("a link, which is not followed");
        Files.writeString(real.resolve("adapter_config.json"), "{\"r\": 4, \"r\": 5}");
        assertThatThrownBy(() -> runtime.openAdapter(real)).hasMessageContaining("is not valid JSON");
        Files.writeString(real.resolve("adapter_config.json"), "[]");
        assertThatThrownBy(() -> runtime.openAdapter(real)).hasMessageContaining("is not a JSON object");
        assertThatThrownBy(() -> runtime.openAdapter(folder.resolve("nowhere"))).hasMessageContaining("is not there");
    }

    @Test
    void refusesExpertsAndMapsThatLayersShare() throws IOException {
        try (SequenceRuntime experts = open("mixtral-top2", new AdapterLimits(1, 16, 1 << 20))) {
            Path path = new WrittenAdapter(4)
                    .module("model.layers.0.block_sparse_moe.experts.0.w1", 4, 64, 80)
                    .write(folder.resolve("experts"));
            assertThatThrownBy(() -> experts.openAdapter(path)).hasMessageContaining("experts do not");
        }
        try (SequenceRuntime shared = open("zamba-f32", new AdapterLimits(1, 16, 1 << 20))) {
            Path path = new WrittenAdapter(4)
                    .module("model.layers.2.shared_transf.feed_forward.up_proj", 4, 64, 80)
                    .write(folder.resolve("shared"));
            assertThatThrownBy(() -> shared.openAdapter(path)).isInstanceOf(ForetokenException.class);
        }
    }

    @Test
    void refusesNumbersOfAdaptersThatAreTakenOrThatThereAreNot() throws IOException {
        Path path = fine().write(folder);
        runtime.apply(new CacheCommand.LoadAdapter(1, runtime.openAdapter(path)));
        for (int number : new int[] {-1, 1, 2}) {
            try (AdapterWeights weights = runtime.openAdapter(path)) {
                assertThatThrownBy(() -> runtime.apply(new CacheCommand.LoadAdapter(number, weights)))
                        .hasMessageContaining("adapter number " + number + " cannot be loaded");
            }
        }
        assertThatThrownBy(() -> runtime.apply(new CacheCommand.UnloadAdapter(0)))
                .hasMessageContaining("is not loaded");
    }
}
