package dev.foretoken.onnxruntime.artifact;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.onnxruntime.session.GraphWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphArtifactTest {

    @TempDir
    Path folder;

    private static GraphWriter plain() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("y", ElementType.FP32, "n")
                .node("Identity", names("x"), names("y"));
    }

    /** One more input than {@link #plain}, for a loop to steer. */
    private static GraphWriter steered() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .input("t", ElementType.FP32, "1")
                .output("y", ElementType.FP32, "n")
                .node("Add", names("x", "t"), names("y"));
    }

    private static GraphWriter encoder(String second) {
        return new GraphWriter()
                .input("input_ids", ElementType.INT64, "batch", "length")
                .input(second, ElementType.INT64, "batch", "length")
                .output("last_hidden_state", ElementType.FP32, "batch", "length", "8");
    }

    private static GraphWriter decoder() {
        return new GraphWriter()
                .input("input_ids", ElementType.INT64, "batch", "length")
                .input("past_key_values.0.key", ElementType.FP32, "batch", "2", "past", "4")
                .output("logits", ElementType.FP32, "batch", "length", "8")
                .output("present.0.key", ElementType.FP32, "batch", "2", "all", "4");
    }

    private void write(String name, GraphWriter graph) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        graph.write(file);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private GraphDeclaration declared() {
        return ((GraphArtifact.TensorGraph) GraphArtifact.at(folder, false)).declaration();
    }

    @Test
    void recognizesAFile() throws IOException {
        write("anything.onnx", plain());
        Path file = folder.resolve("anything.onnx");
        assertThat(GraphArtifact.isAt(file)).isTrue();
        assertThat(GraphArtifact.at(file, false)).isInstanceOf(GraphArtifact.TensorGraph.class);
        GraphHeader header = GraphArtifact.at(file, false).header();
        assertThat(header.inputNames()).containsExactly("x");
        assertThat(header.outputNames()).containsExactly("y");
        assertThat(header.operators()).containsExactly("Identity");
    }

    @Test
    void recognizesTheFoldersOfExporters() throws IOException {
        write("onnx/model.onnx", plain());
        assertThat(GraphArtifact.at(folder, false).graph()).isEqualTo(folder.resolve("onnx/model.onnx"));
        write("model.onnx", plain());
        assertThat(GraphArtifact.at(folder, false).graph()).isEqualTo(folder.resolve("model.onnx"));
        write("decoder_model_merged.onnx", decoder());
        assertThat(GraphArtifact.at(folder, false)).isInstanceOf(GraphArtifact.DecoderGraph.class);
    }

    @Test
    void recognizesADecoderByItsPast() throws IOException {
        write("model.onnx", decoder());
        assertThat(GraphArtifact.at(folder, false)).isInstanceOf(GraphArtifact.DecoderGraph.class);
    }

    @Test
    void takesTheGraphThatTheConfigurationForGenAiNames() throws IOException {
        write("model.onnx", plain());
        write("text.onnx", decoder());
        write("genai_config.json", "{\"model\": {\"decoder\": {\"filename\": \"text.onnx\"}}}");
        GraphArtifact artifact = GraphArtifact.at(folder, false);
        assertThat(artifact.graph()).isEqualTo(folder.resolve("text.onnx"));
        assertThat(((GraphArtifact.DecoderGraph) artifact).genAi()).contains(folder.resolve("genai_config.json"));
    }

    @Test
    void isNoneWithoutAGraph() throws IOException {
        write("config.json", "{}");
        assertThat(GraphArtifact.isAt(folder)).isFalse();
        assertThatThrownBy(() -> GraphArtifact.at(folder, false))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED));
    }

    @Test
    void asksWhichOfTwoGraphs() throws IOException {
        write("a.onnx", plain());
        write("b.onnx", plain());
        assertThat(GraphArtifact.isAt(folder)).isFalse();
        assertThatThrownBy(() -> GraphArtifact.at(folder, false)).hasMessageContaining("[a.onnx, b.onnx]");
    }

    @Test
    void refusesADamagedFile() throws IOException {
        write("model.onnx", "\u007fnot a graph at all");
        assertThatThrownBy(() -> GraphArtifact.at(folder, false))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
    }

    @Test
    void readsAWholeDeclaration() throws IOException {
        write("model.onnx", steered());
        write("graph.json", """
                {"format": "foretoken.graph.v1", "graph": "model.onnx", "batch_axis": 0,
                 "ragged": {"axis": 1, "pad": {"x": -1}, "most": 512},
                 "loop": {"count": {"input": "steps", "max": 3}, "state": {"x": "y"}, "index": {"t": [9, 5, 0.5]},
                          "stop": {"output": "y", "below": 1e-4}, "keep": ["y"]},
                 "task": "embedding", "pooling": "last", "normalize": true, "labels": ["no", "yes"]}
                """);
        GraphDeclaration declaration = declared();
        assertThat(declaration.batchAxis()).contains(0);
        assertThat(declaration.ragged()).contains(new GraphDeclaration.Ragged(1, 512, Map.of("x", -1L)));
        assertThat(declaration.caches()).isEmpty();
        assertThat(declaration.task()).isEqualTo(ModelTask.EMBED);
        assertThat(declaration.head()).isEqualTo(new GraphDeclaration.Head(Pooling.LAST, true, List.of("no", "yes")));
        LoopDeclaration loop = declaration.loop().orElseThrow();
        assertThat(loop.most()).isEqualTo(3);
        assertThat(loop.countInput()).contains("steps");
        assertThat(loop.schedules()).containsExactly(Map.entry("t", List.of(9.0, 5.0, 0.5)));
        assertThat(loop.stop()).contains(new LoopDeclaration.Stop("y", 1e-4));
        assertThat(loop.keep()).containsExactly("y");
    }

    @Test
    void readsTheCachesOfStreams() throws IOException {
        write("model.onnx", plain());
        write("graph.json", "{\"format\": \"foretoken.graph.v1\", \"session\": {\"caches\": {\"x\": \"y\"}}}");
        assertThat(declared().caches()).containsExactly(Map.entry("x", "y"));
        assertThat(declared().loop()).isEmpty();
    }

    @Test
    void refusesWhatADeclarationMayNotHave() throws IOException {
        write("model.onnx", plain());
        refuses("\"sesion\": {}", "sesion");
        refuses("\"batch_axis\": 99", "batch_axis=99");
        refuses("\"task\": \"dance\"", "task=dance");
        refuses("\"pooling\": \"max\"", "pooling=max");
        refuses("\"session\": {\"caches\": {\"z\": \"y\"}}", "the graph has no input z");
        refuses("\"loop\": {\"count\": 0, \"state\": {\"x\": \"y\"}}", "count=0");
        refuses("\"loop\": {\"count\": 5}", "state");
        refuses("\"loop\": {\"count\": 3, \"state\": {\"x\": \"y\"}, \"index\": {\"t\": [1]}}", "one for each of 3");
        for (String index : List.of("\"x\"", "{\"t\": [1, 2, 3], \"x\": [1, 2, 3]}")) {
            refuses(
                    "\"loop\": {\"count\": 3, \"state\": {\"x\": \"y\"}, \"index\": " + index + "}",
                    "loop: index, x=a value of every run, must be an input that state does not name");
        }
        refuses(
                "\"loop\": {\"count\": 3, \"state\": {\"x\": \"y\", \"w\": \"y\"}}",
                "loop: state, w=y, must be an output that no other input takes");
        refuses(
                "\"session\": {\"caches\": {\"x\": \"y\", \"w\": \"y\"}}",
                "session: caches, w=y, must be an output that no other input takes");
        refuses(
                "\"session\": {\"caches\": {\"x\": \"y\"}}, \"loop\": {\"count\": 3, \"state\": {\"x\": \"y\"}}",
                "caches beside a loop");
        refuses("\"loop\": {\"count\": 3, \"state\": {\"x\": \"z\"}}", "the graph has no output z");
    }

    private void refuses(String field, String reason) throws IOException {
        write("graph.json", "{\"format\": \"foretoken.graph.v1\", " + field + "}");
        assertThatThrownBy(this::declared).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
            assertThat(e).hasMessageContaining(reason);
        });
    }

    @Test
    void readsWhatSentenceTransformersWrites() throws IOException {
        write("onnx/model.onnx", encoder("attention_mask"));
        write("1_Pooling/config.json", "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");
        write("modules.json", modules("models.Transformer", "models.Pooling", "models.Normalize"));
        write("config.json", "{\"pad_token_id\": 1, \"max_position_embeddings\": 512}");
        GraphDeclaration declaration = declared();
        assertThat(declaration.task()).isEqualTo(ModelTask.EMBED);
        assertThat(declaration.head()).isEqualTo(new GraphDeclaration.Head(Pooling.CLS, true, List.of()));
        assertThat(declaration.ragged().orElseThrow().padding()).containsEntry("input_ids", 1L);
        assertThat(declaration.ragged().orElseThrow().most()).isEqualTo(512);
    }

    private static String modules(String... types) {
        return Arrays.stream(types)
                .map(type -> "{\"type\": \"sentence_transformers.%s\"}".formatted(type))
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void padsNothingWhereNoMaskTellsTheGraphSo() throws IOException {
        write("model.onnx", encoder("token_type_ids"));
        write("1_Pooling/config.json", "{\"pooling_mode_cls_token\": true}");
        write("config.json", "{\"pad_token_id\": 1, \"max_position_embeddings\": 512}");
        assertThat(declared().task()).isEqualTo(ModelTask.EMBED);
        assertThat(declared().ragged()).contains(new GraphDeclaration.Ragged(1, 512, Map.of()));
    }

    @Test
    void refusesPoolingsAndModulesThatItDoesNotKnow() throws IOException {
        write("model.onnx", encoder("attention_mask"));
        unsupported("{\"pooling_mode_max_tokens\": true}", "[pooling_mode_max_tokens]");
        unsupported(
                "{\"pooling_mode_cls_token\": true, \"pooling_mode_max_tokens\": true}", "pooling_mode_cls_token, ");
        unsupported("{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": true}", "mean_tokens]");
        unsupported("{}", "has the modes []");
        write("modules.json", modules("models.Transformer", "models.Pooling", "models.Dense"));
        unsupported("{\"pooling_mode_cls_token\": true}", "[Dense]");
    }

    private void unsupported(String pooling, String reason) throws IOException {
        write("1_Pooling/config.json", pooling);
        assertThatThrownBy(this::declared).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED);
            assertThat(e).hasMessageContaining(reason);
        });
    }

    @Test
    void readsTheClassesOfAClassifier() throws IOException {
        write("model.onnx", plain());
        write(
                "config.json",
                "{\"architectures\": [\"BertForSequenceClassification\"], \"id2label\": {\"0\": \"bad\", \"1\": \"good\"}}");
        assertThat(declared().task()).isEqualTo(ModelTask.CLASSIFY);
        assertThat(declared().head().labels()).containsExactly("bad", "good");
    }

    @Test
    void takesAClassifierOfOneClassForARanker() throws IOException {
        write("model.onnx", plain());
        write(
                "config.json",
                "{\"architectures\": [\"BertForSequenceClassification\"], \"id2label\": {\"0\": \"LABEL_0\"}}");
        assertThat(declared().task()).isEqualTo(ModelTask.RERANK);
    }

    /** One scale for all rows of a run: what comes of a row depends on those beside it. */
    @Test
    void dynamicallyQuantizedRowsRunAloneUnlessADeclarationSaysOtherwise() throws IOException {
        write(
                "model.onnx",
                new GraphWriter()
                        .input("x", ElementType.FP32, "batch", "4")
                        .output("y", ElementType.UINT8, "batch", "4")
                        .node("DynamicQuantizeLinear", names("x"), names("y", "scale", "zero")));
        assertThat(declaration().batchAxis()).contains(-1);
        write("graph.json", "{\"format\": \"foretoken.graph.v1\", \"graph\": \"model.onnx\", \"batch_axis\": 0}");
        assertThat(declaration().batchAxis()).contains(0);
    }

    private GraphDeclaration declaration() {
        return ((GraphArtifact.TensorGraph) GraphArtifact.at(folder, false)).declaration();
    }
}
