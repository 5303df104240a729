package dev.foretoken.registry.gguf.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePiecesTest {

    private static final String TOKENIZER = """
            {"added_tokens": [{"id": 0, "content": "<unk>", "special": true}],
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
                {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
             "pre_tokenizer": null,
             "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>",
                       "vocab": {"<unk>": 0, "<0x0A>": 1, "a": 2, "b": 3, "ab": 4, "aba": 5},
                       "merges": ["a b", "ab a"]}}""";

    @TempDir
    private Path folder;

    @Test
    void turnsTheOrderOfMergesIntoScores() throws IOException {
        try (GgufFile file = export(TOKENIZER)) {
            assertThat(file.metadata().requiredText("tokenizer.ggml.model")).isEqualTo("llama");
            assertThat(file.metadata().numbers("tokenizer.ggml.scores")).containsExactly(0, 0, 0, 0, -1, -2, 0, 0);
            assertThat(file.metadata().numbers("tokenizer.ggml.token_type")).containsExactly(2, 6, 1, 1, 1, 1, 5, 5);
            assertThat(file.metadata().flag("tokenizer.ggml.add_space_prefix", false))
                    .isTrue();
        }
    }

    @Test
    void refusesMergesThatScoresCannotSay() {
        String another = TOKENIZER.replace("\"ab\": 4,", "\"ab\": 4, \"ba\": 6,");
        assertThatThrownBy(() -> export(another)).hasMessageContaining("without the merge of 'a' and 'ba'");
    }

    @Test
    void refusesOtherWaysOfCutting() {
        assertThatThrownBy(() -> export(TOKENIZER.replace("null", "{\"type\": \"Whitespace\"}")))
                .hasMessageContaining("a pre-tokenizer Whitespace before pieces");
        assertThatThrownBy(() -> export(TOKENIZER.replace("\"content\": \"\u2581\"", "\"content\": \" \"")))
                .hasMessageContaining("in which spaces stay spaces");
    }

    private GgufFile export(String tokenizer) throws IOException {
        SampleCheckpoint.write(folder, SampleCheckpoint.CONFIG, tokenizer);
        Path out = folder.resolve("out.gguf");
        CheckpointExport.write(folder, GgmlType.F32, out, LoadProgress.SILENT);
        return GgufFile.open(out);
    }
}
