package dev.foretoken.registry.gguf.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufTensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointExportTest {

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @TempDir
    private Path folder;

    private Path out;

    @BeforeEach
    void write() throws IOException {
        out = folder.resolve("out.gguf");
        SampleCheckpoint.write(folder, SampleCheckpoint.CONFIG, SampleCheckpoint.BYTE_LEVEL);
    }

    @Test
    void namesTensorsAndKeepsTheirNumbers() {
        try (GgufFile file = export(GgmlType.F32)) {
            assertThat(file.tensor("token_embd.weight").orElseThrow().dimensions())
                    .containsExactly((long) SampleCheckpoint.HIDDEN, (long) SampleCheckpoint.TOKENS);
            assertThat(values(file, "blk.0.ffn_down.weight"))
                    .isEqualTo(SampleCheckpoint.values("model.layers.0.mlp.down_proj.weight", 32 * 64));
            assertThat(values(file, "output_norm.weight"))
                    .isEqualTo(SampleCheckpoint.values("model.norm.weight", SampleCheckpoint.HIDDEN));
            assertThat(file.metadata().requiredText("general.architecture")).isEqualTo("llama");
            assertThat(file.metadata().number("llama.attention.key_length", 0)).isEqualTo(8);
        }
    }

    /** As ggml rotates neighbours: within a head of eight, row 1 comes from row 4, row 2 from row 1, and so on. */
    @Test
    void interleavesTheHalvesOfQueriesAndKeys() {
        try (GgufFile file = export(GgmlType.F32)) {
            float[] stored = SampleCheckpoint.values("model.layers.0.self_attn.k_proj.weight", 16 * 32);
            float[] written = values(file, "blk.0.attn_k.weight");
            int[] from = {0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15};
            for (int row = 0; row < from.length; row++) {
                for (int i = 0; i < 32; i++) {
                    assertThat(written[row * 32 + i]).isEqualTo(stored[from[row] * 32 + i]);
                }
            }
            assertThat(values(file, "blk.0.attn_v.weight"))
                    .isEqualTo(SampleCheckpoint.values("model.layers.0.self_attn.v_proj.weight", 16 * 32));
        }
    }

    @Test
    void leavesTheHalvesOfQwenInPlace() throws IOException {
        config("\"llama\"", "\"qwen3\"");
        try (GgufFile file = export(GgmlType.F32)) {
            assertThat(values(file, "blk.0.attn_q.weight"))
                    .isEqualTo(SampleCheckpoint.values("model.layers.0.self_attn.q_proj.weight", 32 * 32));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {"F32", "F16", "BF16", "Q8_0", "Q4_0"})
    void startsEveryTensorAtAMultipleOfThirtyTwo(GgmlType type) {
        try (GgufFile file = export(type)) {
            for (String name : List.of("blk.0.ffn_up.weight", "output.weight", "blk.0.attn_norm.weight")) {
                GgufTensor tensor = file.tensor(name).orElseThrow();
                assertThat(tensor.offset() % 32).isZero();
            }
            assertThat(file.tensor("blk.0.attn_norm.weight").orElseThrow().type())
                    .isEqualTo(GgmlType.F32);
            assertThat(file.tensor("output.weight").orElseThrow().type())
                    .isEqualTo(type == GgmlType.Q4_0 ? GgmlType.Q8_0 : type);
        }
    }

    @Test
    void translatesAByteLevelVocabulary() {
        try (GgufFile file = export(GgmlType.F32)) {
            assertThat(file.metadata().requiredText("tokenizer.ggml.model")).isEqualTo("gpt2");
            assertThat(file.metadata().requiredText("tokenizer.ggml.pre")).isEqualTo("gpt-2");
            assertThat(file.metadata().texts("tokenizer.ggml.tokens"))
                    .containsExactly("a", "b", "c", "ab", "abc", "<s>", "</s>", "[PAD7]");
            assertThat(file.metadata().numbers("tokenizer.ggml.token_type")).containsExactly(1, 1, 1, 1, 1, 3, 3, 5);
            assertThat(file.metadata().texts("tokenizer.ggml.merges")).containsExactly("a b", "ab c");
            assertThat(file.metadata().number("tokenizer.ggml.bos_token_id", -1))
                    .isEqualTo(5);
            assertThat(file.metadata().number("tokenizer.ggml.eos_token_id", -1))
                    .isEqualTo(6);
            assertThat(file.metadata().number("tokenizer.ggml.eot_token_id", -1))
                    .isEqualTo(7);
            assertThat(file.metadata().flag("tokenizer.ggml.add_bos_token", false))
                    .isTrue();
            assertThat(file.metadata().flag("tokenizer.ggml.add_eos_token", true))
                    .isFalse();
            assertThat(file.metadata().requiredText("tokenizer.chat_template")).isEqualTo("{{ x }}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "\"llama\" ~ \"phi3\" ~ written as GGUF can be llama, mistral, qwen2 and qwen3",
                "\"llama\" ~ \"qwen2\", \"use_sliding_window\": true ~ full attention in every layer",
                "\"llama\" ~ \"llama\", \"rope_scaling\": {\"type\": \"dynamic\"} ~ linear, yarn and llama3",
                "\"llama\" ~ \"llama\", \"rope_scaling\": {\"type\": \"linear\"} ~ factor of the rotation must be a number",
                "\"vocab_size\": 8 ~ \"vocab_size\": 6 ~ a token with id 6, the model has 6 tokens",
                "\"hidden_size\": 32, ~ '' ~ hidden_size must be a whole number"
            })
    void refusesConfigurationsThatItCannotWrite(String from, String to, String message) throws IOException {
        config(from, to);
        refused(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "\"BPE\" ~ \"Unigram\" ~ a Unigram model",
                "\"add_prefix_space\": false ~ \"add_prefix_space\": true ~ a space put before every text",
                "\"normalizer\": null ~ \"normalizer\": {\"type\": \"Lowercase\"} ~ a normalizer Lowercase",
                "\"use_regex\": true ~ \"use_regex\": false ~ an unknown way of cutting texts",
                "[\"a\", \"b\"] ~ [\"a \", \"b\"] ~ with a space in a piece",
                "\"id\": 5 ~ \"id\": 9 ~ a token with id 9"
            })
    void refusesTokenizersThatItCannotTranslate(String from, String to, String message) throws IOException {
        String changed = SampleCheckpoint.BYTE_LEVEL.replace(from, to);
        assertThat(changed).isNotEqualTo(SampleCheckpoint.BYTE_LEVEL);
        Files.writeString(folder.resolve("tokenizer.json"), changed);
        refused(message);
    }

    @Test
    void refusesTensorsThatHaveNoPlace() throws IOException {
        SampleCheckpoint.write(
                folder, SampleCheckpoint.CONFIG, SampleCheckpoint.BYTE_LEVEL, "model.layers.0.router.weight");
        refused("no place for, such as model.layers.0.router.weight");
    }

    @Test
    void refusesOtherTypesAndFilesThatExist() throws IOException {
        assertThatThrownBy(() -> export(GgmlType.Q4_K)).hasMessageContaining("only F32, F16, BF16, Q8_0, Q4_0");
        Files.writeString(out, "there");
        assertThatThrownBy(() -> export(GgmlType.F32)).isInstanceOf(ForetokenException.class);
        assertThat(out).hasContent("there");
    }

    private void refused(String message) {
        assertThatThrownBy(() -> export(GgmlType.F32))
                .isInstanceOfSatisfying(
                        ForetokenException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.MODEL_UNSUPPORTED, ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining(message);
        assertThat(out).doesNotExist();
    }

    private void config(String from, String to) throws IOException {
        String changed = SampleCheckpoint.CONFIG.replaceFirst(java.util.regex.Pattern.quote(from), to);
        assertThat(changed).isNotEqualTo(SampleCheckpoint.CONFIG);
        Files.writeString(folder.resolve("config.json"), changed);
    }

    private GgufFile export(GgmlType type) {
        CheckpointExport.write(folder, type, out, LoadProgress.SILENT);
        return GgufFile.open(out);
    }

    private static float[] values(GgufFile file, String name) {
        return file.bytesOf(file.tensor(name).orElseThrow()).toArray(FLOAT);
    }
}
