package dev.foretoken.gateway.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Utils;
import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "metaspace"})
    void encodesAsTheReferenceLibraryDoes(String kind) {
        TokenizerGoldens goldens = TokenizerGoldens.read(kind);
        try (Tokenizer tokenizer = goldens.tokenizer()) {
            goldens.texts().forEach(text -> {
                String input = text.path("text").asText();
                assertThat(tokenizer.encode(input, true)).as(input).isEqualTo(TokenizerGoldens.ids(text.path("ids")));
                assertThat(tokenizer.encode(input, false))
                        .as(input)
                        .isEqualTo(TokenizerGoldens.ids(text.path("ids_plain")));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "metaspace"})
    void decodesAsTheReferenceLibraryDoes(String kind) {
        TokenizerGoldens goldens = TokenizerGoldens.read(kind);
        try (Tokenizer tokenizer = goldens.tokenizer()) {
            Stream.concat(goldens.texts(), goldens.sequences()).forEach(sample -> {
                int[] ids = TokenizerGoldens.ids(sample.path("ids"));
                assertThat(tokenizer.decode(ids, false)).isEqualTo(TokenizerGoldens.whole(sample.path("decoded")));
                assertThat(tokenizer.decode(ids, true)).isEqualTo(TokenizerGoldens.whole(sample.path("decoded_skip")));
            });
        }
    }

    @Test
    void givesEveryTokensBytesSoThatJoinedTheyAreTheText() {
        TokenizerGoldens goldens = TokenizerGoldens.read("byte-level");
        try (Tokenizer tokenizer = goldens.tokenizer()) {
            goldens.texts().forEach(text -> {
                var bytes = new ByteArrayOutputStream();
                for (int id : TokenizerGoldens.ids(text.path("ids_plain"))) {
                    bytes.writeBytes(tokenizer.tokenText(id).bytes());
                }
                assertThat(bytes.toString(StandardCharsets.UTF_8))
                        .isEqualTo(tokenizer.decode(TokenizerGoldens.ids(text.path("ids_plain")), false));
            });
        }
    }

    @Test
    void showsSentencePieceTokensWithTheirSpaceAndByteTokensAsBytes() {
        try (Tokenizer tokenizer = TokenizerGoldens.read("metaspace").tokenizer()) {
            int[] ids = tokenizer.encode("The fox", false);
            assertThat(tokenizer.tokenText(ids[0])).isEqualTo(new TokenText(ids[0], " The", utf8(" The")));
            int[] hawk = tokenizer.encode("鷹", false);
            assertThat(hawk).hasSizeGreaterThan(3);
            assertThat(tokenizer.tokenText(hawk[hawk.length - 3]).bytes()).containsExactly(0xe9);
            assertThat(tokenizer.tokenText(hawk[hawk.length - 3]).text()).isEqualTo("\ufffd");
        }
    }

    @Test
    void keepsNulAndReplacesHalfCharactersBeforeEncoding() {
        try (Tokenizer tokenizer = TokenizerGoldens.read("byte-level").tokenizer()) {
            int[] ids = tokenizer.encode("a\u0000b\ud800c \ud83d\ude00", false);
            assertThat(tokenizer.decode(ids, false)).isEqualTo("a\u0000b\ufffdc \ud83d\ude00");
        }
    }

    @Test
    void refusesATextLongerThanItsLimit() {
        TokenizerGoldens goldens = TokenizerGoldens.read("byte-level");
        try (Tokenizer tokenizer = Tokenizer.load(goldens.directory(), new TokenizerLimits(10, 1 << 20))) {
            assertThat(tokenizer.encode("0123456789", false)).isNotEmpty();
            assertThatThrownBy(() -> tokenizer.encode("0123456789a", false))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                    .hasMessage("The text has 11 characters, at most 10 are encoded");
        }
    }

    @Test
    void ignoresIdsPastItsVocabularyAndRefusesNegativeOnes() {
        try (Tokenizer tokenizer = TokenizerGoldens.read("byte-level").tokenizer()) {
            int[] ids = tokenizer.encode("fox", false);
            int past = tokenizer.vocabularySize() + 7;
            assertThat(tokenizer.decode(new int[] {past, ids[0], past}, false))
                    .isEqualTo(tokenizer.decode(new int[] {ids[0]}, false));
            assertThat(tokenizer.tokenText(past).text()).isEmpty();
            assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}, false))
                    .hasMessage("Token id -1 is negative, expected 0 or more");
        }
    }

    @Test
    void answersManyThreadsAtOnceAsItAnswersOne() throws Exception {
        TokenizerGoldens goldens = TokenizerGoldens.read("metaspace");
        List<JsonNode> texts = goldens.texts().toList();
        try (Tokenizer tokenizer = goldens.tokenizer();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                JsonNode text = texts.get(i % texts.size());
                answers.add(threads.submit(() -> {
                    int[] ids = tokenizer.encode(text.path("text").asText(), true);
                    return Arrays.equals(ids, TokenizerGoldens.ids(text.path("ids")))
                            && tokenizer.decode(ids, true).equals(TokenizerGoldens.whole(text.path("decoded_skip")));
                }));
            }
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get(2, TimeUnit.MINUTES)).isTrue();
            }
        }
    }

    @Test
    void saysThatItIsClosedInsteadOfUsingFreedMemory() {
        Tokenizer tokenizer = TokenizerGoldens.read("byte-level").tokenizer();
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a", false)).hasMessage("The tokenizer is closed");
    }

    @Test
    void neverAllowsTheBindingToUseTheNetwork() {
        assertThat(TokenizerBinding.unpack()).isDirectory();
        assertThat(Utils.isOfflineMode()).isTrue();
        assertThat(System.getProperty("RUST_FLAVOR")).isEqualTo("cpu");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
