package dev.foretoken.gateway.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gguf.GgufWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A vocabulary gives the same ids and texts from a GGUF file as from the tokenizer.json it was made of. */
final class GgufTokenizerTest {

    private static final Path DEMO = Path.of(System.getProperty("foretoken.root"), "src/models/demo/model");
    private static final List<String> AWKWARD = List.of(
            "1234567 or 12.5%, 3rd",
            "don't we'LL I'M",
            "a  b   c \n\n\t d\r\n  ",
            "über-naïve e\u0301 ﬁ 鷹🦊\u200d🔥",
            "<|begin|>hello<|end|><|user|> <| user|>",
            "$x+y^2 <=> ~z|",
            "[PAD2047] ▁ <0x0A>");

    @TempDir
    private Path folder;

    private Tokenizer load(GgufWriter writer) {
        Path path = folder.resolve("model.gguf");
        writer.write(path);
        return Tokenizer.load(path);
    }

    private GgufWriter demo(String pre) {
        return GgufVocabulary.byteLevel(DEMO, pre)
                .put("tokenizer.ggml.bos_token_id", 0)
                .put("tokenizer.ggml.eos_token_id", 1)
                .put("tokenizer.ggml.add_bos_token", true);
    }

    private GgufWriter metaspace() {
        return GgufVocabulary.sentencePiece(TokenizerGoldens.read("metaspace").directory())
                .put("tokenizer.ggml.bos_token_id", 1)
                .put("tokenizer.ggml.eos_token_id", 2)
                .put("tokenizer.ggml.unknown_token_id", 0);
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>(AWKWARD);
        for (String kind : TokenizerGoldens.KINDS) {
            TokenizerGoldens.read(kind)
                    .texts()
                    .forEach(text -> texts.add(text.path("text").asText()));
        }
        return texts;
    }

    @Test
    void encodesAndDecodesAByteLevelVocabularyAsItsCheckpointDoes() {
        try (Tokenizer checkpoint = Tokenizer.load(DEMO);
                Tokenizer gguf = load(demo("smollm"))) {
            for (String text : texts()) {
                int[] ids = checkpoint.encode(text, true);
                assertThat(gguf.encode(text, true)).as(text).isEqualTo(ids);
                assertThat(gguf.encode(text, false)).as(text).isEqualTo(checkpoint.encode(text, false));
                assertThat(gguf.decode(ids, true)).isEqualTo(checkpoint.decode(ids, true));
                assertThat(gguf.decode(ids, false)).isEqualTo(checkpoint.decode(ids, false));
            }
            assertThat(gguf.eosTokenIds()).isEqualTo(checkpoint.eosTokenIds());
            assertThat(gguf.vocabularySize()).isEqualTo(checkpoint.vocabularySize());
            assertThat(gguf.specialTokens().bos())
                    .isEqualTo(checkpoint.specialTokens().bos());
            assertThat(gguf.specialTokens().eos())
                    .isEqualTo(checkpoint.specialTokens().eos());
        }
    }

    @Test
    void decodesRandomIdsAsTheCheckpointDoes() {
        Random random = new Random(5);
        try (Tokenizer checkpoint = Tokenizer.load(DEMO);
                Tokenizer gguf = load(demo("smollm"))) {
            for (int round = 0; round < 200; round++) {
                int[] ids = random.ints(1 + random.nextInt(20), 0, checkpoint.vocabularySize())
                        .toArray();
                assertThat(gguf.decode(ids, round % 2 == 0)).isEqualTo(checkpoint.decode(ids, round % 2 == 0));
            }
        }
    }

    @Test
    void encodesAndDecodesASentencePieceVocabularyAsTheReferenceLibraryDoes() {
        TokenizerGoldens goldens = TokenizerGoldens.read("metaspace");
        try (Tokenizer gguf = load(metaspace())) {
            goldens.texts().forEach(text -> {
                String input = text.path("text").asText();
                int[] ids = TokenizerGoldens.ids(text.path("ids"));
                assertThat(gguf.encode(input, true)).as(input).isEqualTo(ids);
                assertThat(gguf.encode(input, false)).as(input).isEqualTo(TokenizerGoldens.ids(text.path("ids_plain")));
                assertThat(gguf.decode(ids, false)).isEqualTo(TokenizerGoldens.whole(text.path("decoded")));
                assertThat(gguf.decode(ids, true)).isEqualTo(TokenizerGoldens.whole(text.path("decoded_skip")));
            });
            assertThat(gguf.eosTokenIds()).containsExactly(2);
        }
    }

    /** {@code sentencepiece.gguf} was trained by the library itself; {@code sentencepiece.json} says what that makes of texts. */
    @Test
    void encodesAndDecodesAsTheSentencePieceLibraryDoes() throws IOException, URISyntaxException {
        JsonNode samples =
                new ObjectMapper().readTree(resource("sentencepiece.json").toFile());
        assertThat(samples).hasSizeGreaterThan(50);
        try (Tokenizer gguf = Tokenizer.load(resource("sentencepiece.gguf"))) {
            samples.forEach(sample -> {
                String text = sample.path("text").asText();
                int[] ids = TokenizerGoldens.ids(sample.path("ids"));
                assertThat(gguf.encode(text, true)).as(text).isEqualTo(ids);
                assertThat(gguf.decode(ids, true))
                        .isEqualTo(sample.path("decoded").asText());
            });
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(GgufTokenizerTest.class.getResource(name))
                .toURI());
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-2, 1234567, 1234567",
        "smollm, 1234567, 1|2|3|4|5|6|7",
        "qwen2, 1234567, 1|2|3|4|5|6|7",
        "tekken, 1234567, 1|2|3|4|5|6|7",
        "llama-bpe, 1234567, 123|456|7",
        "default, 1234567, 123|456|7",
        "gpt-2, We'LL go(x), We|'|LL| go|(|x|)",
        "llama-bpe, We'LL go(x), We|'LL| go|(x|)",
        "qwen2, We'LL go(x), We|'LL| go|(x|)",
        "default, We'LL go(x), We|'|LL| go|(|x|)",
    })
    void cutsTextsAsTheModelsOfThatNameDo(String pre, String text, String pieces) {
        List<String> expected = List.of(pieces.split("\\|"));
        try (Tokenizer gguf = load(wordLevel(pre, expected))) {
            assertThat(gguf.encode(text, false))
                    .as("every piece is a token, and there is nothing larger")
                    .hasSize(expected.size())
                    .containsExactly(ids(expected));
        }
    }

    /** Ids that {@link #wordLevel} gives. */
    private static int[] ids(List<String> pieces) {
        List<String> distinct = pieces.stream().distinct().toList();
        return pieces.stream().mapToInt(piece -> 256 + distinct.indexOf(piece)).toArray();
    }

    /** Single bytes, and merges that make each piece, and every two neighbouring pieces, one token. */
    private static GgufWriter wordLevel(String pre, List<String> pieces) {
        List<String> tokens = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            tokens.add(value > ' ' && value < 127 ? String.valueOf((char) value) : "\u0100" + value);
        }
        pieces.stream().distinct().forEach(piece -> tokens.add(piece.replace(' ', '\u0120')));
        tokens.add("\u0120");
        List<String> merges = new ArrayList<>();
        for (String piece : pieces.stream().distinct().toList()) {
            addMerges(piece.replace(' ', '\u0120'), tokens, merges);
        }
        for (int i = 1; i < pieces.size(); i++) {
            String left = pieces.get(i - 1).replace(' ', '\u0120');
            String right = pieces.get(i).replace(' ', '\u0120');
            tokens.add(left + right);
            merges.add(left + " " + right);
        }
        return new GgufWriter()
                .put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", pre)
                .put("tokenizer.ggml.tokens", tokens)
                .put("tokenizer.ggml.merges", merges);
    }

    private static void addMerges(String piece, List<String> tokens, List<String> merges) {
        for (int end = 2; end <= piece.length(); end++) {
            String left = piece.substring(0, end - 1);
            merges.add(left + " " + piece.charAt(end - 1));
            if (!tokens.contains(piece.substring(0, end))) {
                tokens.add(piece.substring(0, end));
            }
        }
    }

    @Test
    void findsChatTemplatesAndEveryEndOfATurn() {
        GgufWriter writer = demo("smollm")
                .put("tokenizer.chat_template", "{{ messages }}")
                .put("tokenizer.chat_templates", List.of("tool_use"))
                .put("tokenizer.chat_template.tool_use", "{{ tools }}")
                .put("tokenizer.ggml.eot_token_id", 3);
        try (Tokenizer gguf = load(writer)) {
            assertThat(gguf.chatTemplates().choose(false)).contains("{{ messages }}");
            assertThat(gguf.chatTemplates().choose(true)).contains("{{ tools }}");
            assertThat(gguf.eosTokenIds()).containsExactly(1, 3);
        }
    }

    @Test
    void addsWhatTheFileSaysToAPlainPromptOnly() {
        try (Tokenizer gguf = load(demo("smollm").put("tokenizer.ggml.add_eos_token", true))) {
            int[] plain = gguf.encode("a", false);
            int[] whole = gguf.encode("a", true);
            assertThat(whole[0]).isZero();
            assertThat(whole[whole.length - 1]).isEqualTo(1);
            assertThat(Arrays.copyOfRange(whole, 1, whole.length - 1)).isEqualTo(plain);
        }
        try (Tokenizer gguf = load(demo("smollm").put("tokenizer.ggml.add_bos_token", false))) {
            assertThat(gguf.encode("a", true)).isEqualTo(gguf.encode("a", false));
        }
    }

    @Test
    void refusesWhatItCannotTranslateByName() {
        refuses(demo("gpt-5"), ErrorCode.MODEL_UNSUPPORTED, "tokenizer.ggml.pre \"gpt-5\"; supported is one of [");
        refuses(demo("smollm").put("tokenizer.ggml.model", "t5"), ErrorCode.MODEL_UNSUPPORTED, "\"t5\"");
        refuses(demo("smollm").put("tokenizer.ggml.eos_token_id", 99_999), ErrorCode.MODEL_UNSUPPORTED, "99999");
        refuses(metaspace().put("tokenizer.ggml.scores", new float[3]), ErrorCode.MODEL_UNSUPPORTED, "3 entries");
        refuses(demo("smollm").put("tokenizer.ggml.tokens", List.of()), ErrorCode.MODEL_UNSUPPORTED, "0 entries");
        refuses(new GgufWriter(), ErrorCode.MODEL_UNSUPPORTED, "tokenizer.ggml.tokens");
    }

    private void refuses(GgufWriter writer, ErrorCode code, String message) {
        assertThatThrownBy(() -> load(writer).close())
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
