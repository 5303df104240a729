package dev.foretoken.onnxruntime.decoder;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.GraphWriter.Attribute;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs and configurations that are not understood are refused with what was found. */
final class DecoderRefusalTest {

    @TempDir
    Path folder;

    private void requireRefused(GraphWriter graph, String... words) {
        Path file = graph.write(folder.resolve("model.onnx"));
        var session = new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                .open(file, DeviceSpec.cpu(1), SessionOptions.DEFAULT);
        assertThatThrownBy(() -> DecoderRuntimes.open(
                        session, DecoderFacts.of("m", 64, 1, "test"), RuntimeOptions.DEFAULT, DecoderFixture.COMPUTE))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED))
                .hasMessageContainingAll(words);
    }

    @Test
    void namesInputsThatNobodyGives() {
        requireRefused(
                new GraphWriter()
                        .input("input_ids", ElementType.INT64, "b", "s")
                        .input("pixel_values", ElementType.FP32, "b", "p")
                        .output("logits", ElementType.INT64, "b", "s")
                        .node("Identity", names("input_ids"), names("logits")),
                "pixel_values",
                "attention_mask");
    }

    @Test
    void refusesAGraphWithoutCaches() {
        requireRefused(
                new GraphWriter()
                        .input("input_ids", ElementType.INT64, "b", "s")
                        .output("logits", ElementType.INT64, "b", "s")
                        .node("Identity", names("input_ids"), names("logits")),
                "no caches");
    }

    @Test
    void namesAnInputOfAnotherForm() {
        requireRefused(
                new GraphWriter()
                        .input("input_ids", ElementType.FP32, "b", "s")
                        .output("logits", ElementType.FP32, "b", "s")
                        .node("Identity", names("input_ids"), names("logits")),
                "input_ids is FP32",
                "INT64");
    }

    private static GraphWriter decoder(String rows, String span, String... caches) {
        GraphWriter graph = new GraphWriter()
                .input("input_ids", ElementType.INT64, rows, span)
                .output("logits", ElementType.FP32, rows, span, "1")
                .longs("last", List.of(1L), 2)
                .node("Cast", names("input_ids"), names("ids"), Attribute.of("to", 1))
                .node("Unsqueeze", names("ids", "last"), names("logits"));
        for (int i = 0; i < caches.length; i++) {
            String past = "past_key_values.%d.key".formatted(i);
            String present = "present.%d.key".formatted(i);
            graph.input(past, ElementType.FP32, caches[i].split(" "))
                    .output(
                            present,
                            ElementType.FP32,
                            caches[i].replace("past", "all").split(" "))
                    .node("Identity", names(past), names(present));
        }
        return graph;
    }

    @Test
    void refusesSizesThatNoRunHas() {
        requireRefused(decoder("4", "s", "4 1 past 2"), "input_ids is [4, -1]");
        requireRefused(decoder("b", "16", "b 1 past 2"), "input_ids is [-1, 16]");
        requireRefused(decoder("b", "s", "1 1 past 2"), "past_key_values.0.key is [1, 1, -1, 2]", "[-1, -1]");
        requireRefused(decoder("b", "s", "b 1 32 2", "b 1 16 2"), "[32, 16]");
    }

    @Test
    void refusesACacheThatComesOutOfAnotherSize() {
        requireRefused(
                new GraphWriter()
                        .input("input_ids", ElementType.INT64, "b", "s")
                        .input("past_key_values.0.key", ElementType.FP32, "b", "1", "32", "2")
                        .output("logits", ElementType.INT64, "b", "s")
                        .output("present.0.key", ElementType.FP32, "b", "1", "64", "2")
                        .node("Identity", names("input_ids"), names("logits"))
                        .node(
                                "Concat",
                                names("past_key_values.0.key", "past_key_values.0.key"),
                                names("present.0.key"),
                                Attribute.of("axis", 2)),
                "[-1, 1, 32, 2] becomes present.0.key",
                "[-1, 1, 64, 2]");
    }

    @Test
    void refusesACacheOfAFixedSizeThatComesOutOfAnySize() {
        requireRefused(
                new GraphWriter()
                        .input("input_ids", ElementType.INT64, "b", "s")
                        .input("past_key_values.0.key", ElementType.FP32, "b", "1", "32", "1")
                        .output("logits", ElementType.FP32, "b", "s", "1")
                        .output("present.0.key", ElementType.FP32, "b", "1", "all", "1")
                        .longs("last", List.of(1L), 2)
                        .longs("around", List.of(2L), 1, 3)
                        .node("Cast", names("input_ids"), names("ids"), Attribute.of("to", 1))
                        .node("Unsqueeze", names("ids", "last"), names("logits"))
                        .node("Unsqueeze", names("ids", "around"), names("new"))
                        .node(
                                "Concat",
                                names("past_key_values.0.key", "new"),
                                names("present.0.key"),
                                Attribute.of("axis", 2)),
                "past_key_values.0.key goes in as [-1, 1, 32, 1]",
                "present.0.key comes out as [-1, 1, -1, 1]",
                "export both with the same sizes");
    }

    @Test
    void refusesAMaskOfAnotherWidthThanTheCaches() {
        requireRefused(
                decoder("b", "s", "b 1 past 2")
                        .input("attention_mask", ElementType.INT64, "b", "32")
                        .output("seen", ElementType.INT64, "b", "32")
                        .node("Identity", names("attention_mask"), names("seen")),
                "attention_mask is [-1, 32]",
                "[-1, 1, -1, 2]");
        requireRefused(
                decoder("b", "s", "b 1 past 2")
                        .input("attention_mask", ElementType.INT64, "4", "all")
                        .output("seen", ElementType.INT64, "4", "all")
                        .node("Identity", names("attention_mask"), names("seen")),
                "attention_mask is [4, -1]",
                "input_ids is [-1, -1]");
    }

    /** Keys and values may be kept in BF16 where the graph computes in another type; ONNX Runtime has no such sums on CPUs. */
    @Test
    void refusesToComputeInATypeThatTheDeviceLacks() {
        Path file = new GraphWriter()
                .input("x", ElementType.BF16, "b")
                .output("y", ElementType.BF16, "b")
                .node("Add", names("x", "x"), names("y"))
                .write(folder.resolve("brain.onnx"));
        assertThatThrownBy(() -> new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                        .open(file, DeviceSpec.cpu(1), SessionOptions.DEFAULT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED))
                .hasMessageContainingAll("cannot load the graph", "Could not find an implementation for Add");
    }

    private DecoderFacts facts(String genAi) {
        try {
            Path file = Files.writeString(folder.resolve("genai_config.json"), genAi);
            return new DecoderFolder("m", 1, "test").facts(Optional.of(file), Optional.empty(), Set.of());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void readsNamesAndSizesOfAGenAiConfiguration() {
        DecoderFacts facts = facts("""
                {"model": {"context_length": 4096, "decoder": {"hidden_size": 64,
                  "inputs": {"input_ids": "tokens", "past_key_names": "pk_%d", "past_value_names": "pv_%d"},
                  "outputs": {"logits": "scores", "present_key_names": "nk_%d", "present_value_names": "nv_%d"}}},
                 "search": {"max_length": 2048, "past_present_share_buffer": true}}
                """);
        assertThat(facts.contextTokens()).isEqualTo(2048);
        assertThat(facts.sharedBuffers()).isTrue();
        assertThat(facts.leftPadding()).isFalse();
        assertThat(facts.names().of("input_ids")).isEqualTo("tokens");
        assertThat(facts.names().of("attention_mask")).isEqualTo("attention_mask");
        assertThat(facts.names().of("logits")).isEqualTo("scores");
        assertThat(facts.names().output("pv_12", java.util.List.of("nk_12", "nv_12")))
                .contains("nv_12");
        assertThat(facts.names().output("px_12", java.util.List.of("nk_12", "nv_12")))
                .isEmpty();
    }

    @Test
    void readsContextsOfTransformersConfigurations() throws IOException {
        Path file = Files.writeString(
                folder.resolve("config.json"), "{\"text_config\": {\"n_positions\": 512, \"hidden_size\": 48}}");
        DecoderFacts facts = new DecoderFolder("m", 1, "test").facts(Optional.empty(), Optional.of(file), Set.of());
        assertThat(facts.contextTokens()).isEqualTo(512);
        assertThat(facts.hiddenSize()).isEqualTo(48);
        assertThat(facts.sharedBuffers()).isFalse();
        assertThat(facts.leftPadding()).isTrue();
    }

    @Test
    void refusesConfigurationsThatAreDamagedOrOfSeveralGraphs() {
        assertThatThrownBy(() -> facts("{\"model\": ")).hasMessageContaining("genai_config.json is no JSON");
        assertThatThrownBy(() -> facts("{\"model\": {\"decoder\": {\"pipeline\": []}}}"))
                .hasMessageContaining("pipeline of several graphs");
        assertThatThrownBy(() -> facts("{\"model\": {\"context_length\": -4, \"decoder\": {}}}"))
                .hasMessageContaining("context_length is -4");
        assertThatThrownBy(() -> facts("{}")).hasMessageContaining("no model.decoder");
    }
}
