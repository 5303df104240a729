package dev.foretoken.e2e.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.BadRequestException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.foretoken.e2e.tensor.ZooGraph.GoldenTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors of texts as {@code openai-java} gets them: those that the graph's own output gives by hand. */
@Timeout(300)
class EmbeddingTest {

    private static final String MODEL = "encoder";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Topology.class)
    void vectorsAreThoseOfTheGraphPooledAndNormalized(Topology topology) throws Exception {
        ServeArguments arguments =
                ServeArguments.of(MODEL, EncoderFolder.make(folder)).engine("--memory", "256m");
        try (Deployment deployment = topology.start(arguments)) {
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .baseUrl(deployment.http().resolve("/v1").toString())
                    .apiKey("any")
                    .maxRetries(0)
                    .build();
            CreateEmbeddingResponse response = client.embeddings().create(asking("green", "red green blue"));
            assertThat(response.usage().promptTokens()).isEqualTo(8);
            assertThat(response.data()).hasSize(2);
            // [CLS] red green blue [SEP]
            List<Float> second = response.data().get(1).embedding();
            float[] byHand = pooled(new BinaryInference(deployment.http()), 2, 4, 5, 6, 3);
            for (int i = 0; i < byHand.length; i++) {
                assertThat(second.get(i)).isCloseTo(byHand[i], within(1e-5f));
            }
            assertThatThrownBy(() -> client.embeddings().create(asking("a a a a a a a a a a a")))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("13 tokens, at most 12");
        }
    }

    private static EmbeddingCreateParams asking(String... texts) {
        return EmbeddingCreateParams.builder()
                .model(MODEL)
                .inputOfArrayOfStrings(List.of(texts))
                .build();
    }

    private static float[] pooled(BinaryInference rest, long... ids) throws Exception {
        List<Long> shape = List.of(1L, (long) ids.length);
        long[] mask = ids.clone();
        java.util.Arrays.fill(mask, 1);
        float[] hidden = GoldenCheck.floats(rest.infer(
                        MODEL,
                        List.of(
                                new GoldenTensor("input_ids", "INT64", shape, bytes(ids)),
                                new GoldenTensor("attention_mask", "INT64", shape, bytes(mask))),
                        "hidden")
                .getFirst());
        int width = hidden.length / ids.length;
        float[] out = new float[width];
        double squares = 0;
        for (int i = 0; i < width; i++) {
            double sum = 0;
            for (int token = 0; token < ids.length; token++) {
                sum += hidden[token * width + i];
            }
            out[i] = (float) (sum / ids.length);
            squares += (double) out[i] * out[i];
        }
        for (int i = 0; i < width; i++) {
            out[i] /= (float) Math.sqrt(squares);
        }
        return out;
    }

    private static byte[] bytes(long... values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.asLongBuffer().put(values);
        return out.array();
    }
}
