package dev.foretoken.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelExampleTest {

    private static final String URL = "http://127.0.0.1:8080";

    private static ModelInfo info(ModelState state, int tokens, ModelTask... tasks) {
        ModelInfo plain = ModelInfo.of("m", state, Instant.EPOCH);
        return plain.withSizes(new ModelInfo.Sizes(0, tokens))
                .withComputation(new ModelInfo.Computation("onnx", "", HeldAs.UNKNOWN))
                .withOffer(plain.offer().withTasks(Set.of(tasks)));
    }

    private static TensorSignature graph(String input, Long... shape) {
        return new TensorSignature(
                List.of(new TensorSpec(input, ElementType.FP32, List.of(shape))),
                List.of(new TensorSpec("y", ElementType.INT64, List.of(-1L))),
                0);
    }

    private static ModelExample tensors(TensorSignature signature) {
        return new ModelExample(
                "m", Optional.of(info(ModelState.READY, 0, ModelTask.TENSOR)), false, Optional.of(signature));
    }

    private static ModelExample encoder(boolean hasTokenizer, ModelTask task) {
        ModelInfo info = info(ModelState.READY, 256, ModelTask.TENSOR, task);
        return new ModelExample("m", Optional.of(info), hasTokenizer, Optional.of(graph("x", -1L, 2L)));
    }

    @Test
    void aModelThatGeneratesIsAskedForACompletion() {
        ModelExample model = new ModelExample(
                "m", Optional.of(info(ModelState.READY, 2048, ModelTask.GENERATE)), true, Optional.empty());
        assertThat(model.facts()).isEqualTo("serving m (2048 tokens of context, onnx runtime)");
        assertThat(model.curl(URL, false)).isEqualTo("""
                          curl -N http://127.0.0.1:8080/v1/completions -H 'Content-Type: application/json' \\
                            -d '{"model":"m","prompt":"Once upon a time","max_tokens":64,"stream":true}'\
                        """);
        assertThat(new ModelExample("m", model.info(), false, Optional.empty()).curl(URL, false))
                .contains("\"prompt\":[1,2,3],\"max_tokens\":64");
        ModelExample small = new ModelExample(
                "m", Optional.of(info(ModelState.READY, 64, ModelTask.GENERATE)), false, Optional.empty());
        assertThat(small.curl(URL, false)).contains("\"max_tokens\":32");
    }

    @Test
    void aGraphIsAskedForTensorsOfItsOwnShapes() {
        ModelExample model = tensors(graph("x", -1L, 4L));
        assertThat(model.facts()).isEqualTo("serving m (x FP32 [-1,4] -> y INT64 [-1], onnx runtime)");
        assertThat(model.curl(URL, true)).isEqualTo("""
                          curl http://127.0.0.1:8080/v2/models/m/infer -H 'Content-Type: application/json' -H "Authorization: Bearer $FORETOKEN_API_KEY" \\
                            -d '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,4],"data":[0.5,0.5,0.5,0.5]}]}'\
                        """);
    }

    @Test
    void positionsAreMoreThanOne() {
        TensorSignature ragged = new TensorSignature(
                        List.of(new TensorSpec("ids", ElementType.INT64, List.of(-1L, -1L))), List.of(), 0)
                .withRagged(new RaggedAxis(1, 0, Map.of("ids", 0L), Set.of()));
        assertThat(tensors(ragged).curl(URL, false)).contains("\"shape\":[1,3],\"data\":[1,1,1]");
    }

    @Test
    void whatIsTooLargeToPasteOrNotPlainIsAskedForItsShapes() {
        for (TensorSignature signature : List.of(
                graph("x", -1L, 3L, 224L, 224L), graph("x", Long.MAX_VALUE, Long.MAX_VALUE), graph("'; echo '", 1L))) {
            assertThat(tensors(signature).curl(URL, false)).isEqualTo("  curl http://127.0.0.1:8080/v2/models/m");
        }
        assertThat(tensors(graph("\u001b[2Jx", 1L)).facts()).contains("(?[2Jx FP32 [1]");
    }

    @Test
    void anEncoderWithATokenizerIsAskedWithTexts() {
        assertThat(encoder(true, ModelTask.EMBED).facts())
                .isEqualTo("serving m (embeds texts of up to 256 tokens, onnx runtime)");
        assertThat(encoder(true, ModelTask.EMBED).curl(URL, false)).contains("/v1/embeddings ");
        assertThat(encoder(true, ModelTask.RERANK).curl(URL, false)).contains("/v1/rerank ", "\"documents\":[");
        assertThat(encoder(true, ModelTask.CLASSIFY).curl(URL, false)).contains("/v1/classify ");
        assertThat(encoder(false, ModelTask.EMBED).curl(URL, false)).contains("/v2/models/m/infer ");
    }

    @Test
    void whatIsNotKnownYetIsNotMadeUp() {
        ModelExample silent = new ModelExample("m", Optional.empty(), true, Optional.empty());
        assertThat(silent.facts()).isEqualTo("serving m (its pod has not answered yet)");
        assertThat(silent.curl(URL, false)).isEqualTo("  curl http://127.0.0.1:8080/v1/models");
        ModelExample later = new ModelExample(
                "m", Optional.of(info(ModelState.AVAILABLE, 0, ModelTask.TENSOR)), false, Optional.empty());
        assertThat(later.facts()).isEqualTo("serving m (loaded when it is asked for)");
        assertThat(later.curl(URL, false)).isEqualTo("  curl http://127.0.0.1:8080/v2/models/m");
    }
}
