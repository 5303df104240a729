package dev.foretoken.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void theHeaderDescribesEveryByteOfTheFile() throws Exception {
        AtomicLong progress = new AtomicLong();
        CheckpointFolder checkpoint = CheckpointFolder.of("tiny", "BF16");
        checkpoint.write(folder, 1, 2, done -> progress.accumulateAndGet(done, Math::max));
        byte[] file = Files.readAllBytes(folder.resolve("model.safetensors"));
        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        JsonNode header = JSON.readTree(new String(file, 8, length, StandardCharsets.UTF_8));
        assertThat(length % 8).isZero();
        assertThat(header.at("/lm_head.weight/data_offsets/1").asLong()).isEqualTo(file.length - 8L - length);
        assertThat(header.at("/model.layers.1.self_attn.k_proj.weight/shape").toString())
                .isEqualTo("[32,64]");
        assertThat(checkpoint.weightBytes()).isEqualTo(file.length - 8L - length);
        assertThat(progress.get()).isEqualTo(checkpoint.weightBytes());
        assertThat(folder).isDirectoryNotContaining("glob:**unfinished");
    }

    @Test
    void theSameSeedGivesTheSameBytesOnAnyNumberOfThreads() throws Exception {
        CheckpointFolder checkpoint = CheckpointFolder.of("tiny", "F16");
        checkpoint.write(folder.resolve("a"), 7, 1, done -> {});
        checkpoint.write(folder.resolve("b"), 7, 3, done -> {});
        checkpoint.write(folder.resolve("c"), 8, 3, done -> {});
        byte[] a = Files.readAllBytes(folder.resolve("a/model.safetensors"));
        assertThat(Files.readAllBytes(folder.resolve("b/model.safetensors"))).isEqualTo(a);
        assertThat(Files.readAllBytes(folder.resolve("c/model.safetensors"))).isNotEqualTo(a);
    }

    @Test
    void takesAsManyPositionsAsAskedFor() throws Exception {
        CheckpointFolder.of("tiny", "BF16", 4352).write(folder, 1, 1, done -> {});
        assertThat(JSON.readTree(folder.resolve("config.json").toFile())
                        .path("max_position_embeddings")
                        .asInt())
                .isEqualTo(4352);
    }

    @Test
    void namedShapesHaveTheSizeTheirNameSays() {
        assertThat(CheckpointFolder.of("llama-1.1b", "BF16").weightBytes()).isEqualTo(2 * 1_100_048_384L);
        assertThat(CheckpointFolder.of("qwen2.5-0.5b", "BF16").weightBytes()).isEqualTo(2 * 494_032_768L);
    }

    @Test
    void qwen2HasBiasesAndNoHeadOfItsOwn() {
        assertThat(CheckpointShape.named("qwen2.5-0.5b").tensors())
                .extracting(TensorShape::name)
                .contains("model.layers.23.self_attn.v_proj.bias")
                .doesNotContain("lm_head.weight", "model.layers.0.self_attn.o_proj.bias");
    }

    @Test
    void theTokenizerHasOneTokenForEachIdAndEachByte() throws IOException, InterruptedException {
        CheckpointFolder.of("tiny", "BF16").write(folder, 1, 1, done -> {});
        JsonNode vocabulary =
                JSON.readTree(folder.resolve("tokenizer.json").toFile()).at("/model/vocab");
        HashSet<Integer> ids = new HashSet<>();
        vocabulary.forEach(id -> ids.add(id.asInt()));
        assertThat(vocabulary).hasSize(512);
        assertThat(ids).hasSize(512).contains(0, 511);
        assertThat(vocabulary.has("\u0120")).as("the blank").isTrue();
        assertThat(vocabulary.has("\u010A")).as("the newline").isTrue();
        assertThat(vocabulary.has("~")).isTrue();
        assertThat(vocabulary.has("\u00FF")).isTrue();
        assertThat(vocabulary.has("\u0143"))
                .as("byte 173, the last that is not printable")
                .isTrue();
        assertThat(vocabulary.path(ByteLevelTokenizer.EOS).asInt()).isEqualTo(2);
    }

    @Test
    void unknownNamesAreOneSentence() {
        assertThatThrownBy(() -> CheckpointFolder.of("gpt-9", "BF16"))
                .hasMessage("no shape is named 'gpt-9'; there are: llama-1.1b, qwen2.5-0.5b, small-moe, tiny");
        assertThatThrownBy(() -> CheckpointFolder.of("tiny", "Q4")).hasMessageContaining("expected BF16, F16 or F32");
    }
}
