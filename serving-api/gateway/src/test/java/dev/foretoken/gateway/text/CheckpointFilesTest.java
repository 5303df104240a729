package dev.foretoken.gateway.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFilesTest {
    @TempDir
    Path checkpoint;

    @BeforeEach
    void copyTokenizer() throws IOException {
        Files.copy(goldenTokenizer(), checkpoint.resolve("tokenizer.json"));
    }

    @Test
    void findsEosIdsInGenerationConfigThenConfigThenTokenizer() throws IOException {
        write("tokenizer_config.json", "{\"eos_token\": {\"content\": \"<|end|>\"}}");
        try (Tokenizer tokenizer = load()) {
            assertThat(tokenizer.eosTokenIds())
                    .isEqualTo(tokenizer.encode("<|end|>", false))
                    .hasSize(1);
            assertThat(tokenizer.specialTokens().eos()).contains("<|end|>");
        }
        write("config.json", "{\"text_config\": {\"eos_token_id\": 5}}");
        assertThat(eosIds()).containsExactly(5);
        write("generation_config.json", "{\"eos_token_id\": [7, 8]}");
        assertThat(eosIds()).containsExactly(7, 8);
    }

    @Test
    void readsOneTemplateOrSeveralNamedOnesOrFiles() throws IOException {
        assertThat(templates().choose(false)).isEmpty();
        write("tokenizer_config.json", "{\"chat_template\": \"one\"}");
        assertThat(templates().choose(true)).contains("one");
        write(
                "tokenizer_config.json",
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"plain\"},"
                        + " {\"name\": \"tool_use\", \"template\": \"tools\"}]}");
        assertThat(templates().choose(false)).contains("plain");
        assertThat(templates().choose(true)).contains("tools");
        write("chat_template.jinja", "file");
        Files.createDirectory(checkpoint.resolve("additional_chat_templates"));
        write("additional_chat_templates/tool_use.jinja", "tool file");
        assertThat(templates().choose(false)).contains("file");
        assertThat(templates().choose(true)).contains("tool file");
    }

    @Test
    void refusesNamedTemplatesWithoutADefault() throws IOException {
        write("tokenizer_config.json", "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"x\"}]}");
        assertThatThrownBy(() -> templates().choose(false))
                .hasMessage("The checkpoint names its chat templates [rag], expected one called 'default'");
    }

    @Test
    void ignoresTruncationAndPaddingThatTheFileAsksFor() throws IOException {
        ObjectNode json =
                (ObjectNode) new ObjectMapper().readTree(goldenTokenizer().toFile());
        json.putObject("truncation")
                .put("direction", "Right")
                .put("max_length", 2)
                .put("strategy", "LongestFirst")
                .put("stride", 0);
        ObjectNode padding = json.putObject("padding");
        padding.putObject("strategy").put("Fixed", 64);
        padding.put("direction", "Right")
                .putNull("pad_to_multiple_of")
                .put("pad_id", 0)
                .put("pad_type_id", 0)
                .put("pad_token", "<|end|>");
        try (Tokenizer plain = load()) {
            write("tokenizer.json", json.toString());
            try (Tokenizer tokenizer = load()) {
                assertThat(tokenizer.encode("The quick fox went down", true))
                        .isEqualTo(plain.encode("The quick fox went down", true));
            }
        }
    }

    @Test
    void saysWhatIsWrongWithACheckpoint() throws IOException {
        write("tokenizer.json", "{\"model\": ");
        assertThatThrownBy(this::load).hasMessageStartingWith("tokenizer.json is not JSON: ");
        write("tokenizer.json", "[]");
        assertThatThrownBy(this::load).hasMessage("tokenizer.json holds ARRAY, expected a JSON object");
        write("tokenizer.json", "{\"model\": {\"type\": \"New\", \"vocab\": {\"a\": 0}}}");
        assertThatThrownBy(this::load)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED));
        write("tokenizer.json", "{\"model\": {\"vocab\": {\"a\": 2000000000}}}");
        assertThatThrownBy(this::load).hasMessageContaining("the id 2000000000, expected one in");
        Files.delete(checkpoint.resolve("tokenizer.json"));
        assertThatThrownBy(this::load).hasMessageStartingWith("The checkpoint has no tokenizer.json");
    }

    @Test
    void refusesAFileLargerThanItsLimit() {
        assertThatThrownBy(() -> Tokenizer.load(checkpoint, new TokenizerLimits(1, 100)))
                .hasMessageMatching("tokenizer.json has \\d+ bytes, at most 100 are read");
        assertThatThrownBy(() -> new TokenizerLimits(0, 100))
                .hasMessage("text.max-input-characters=0, must be in [1, 268435456]");
        assertThatThrownBy(() -> new TokenizerLimits(1, 0))
                .hasMessage("text.max-file-bytes=0, must be in [1, 2147483647]");
    }

    private int[] eosIds() {
        try (Tokenizer tokenizer = load()) {
            return tokenizer.eosTokenIds();
        }
    }

    private ChatTemplateSources templates() {
        try (Tokenizer tokenizer = load()) {
            return tokenizer.chatTemplates();
        }
    }

    private Tokenizer load() {
        return Tokenizer.load(checkpoint);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(checkpoint.resolve(name), text);
    }

    private static Path goldenTokenizer() {
        return TokenizerGoldens.read("byte-level").directory().resolve("tokenizer.json");
    }
}
