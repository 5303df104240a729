package dev.foretoken.gateway.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncrementalDetokenizerTest {
    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "metaspace"})
    void joinedDeltasEqualTheDecodeOfAllTokens(String kind) {
        TokenizerGoldens goldens = TokenizerGoldens.read(kind);
        try (Tokenizer tokenizer = goldens.tokenizer()) {
            goldens.texts().forEach(text -> {
                assertThat(stream(tokenizer, text, false)).isEqualTo(TokenizerGoldens.whole(text.path("decoded")));
                assertThat(stream(tokenizer, text, true)).isEqualTo(TokenizerGoldens.whole(text.path("decoded_skip")));
            });
        }
    }

    @Test
    void joinedDeltasEqualTheDecodeAlsoForBytesThatMakeNoText() {
        TokenizerGoldens goldens = TokenizerGoldens.read("byte-level");
        try (Tokenizer tokenizer = goldens.tokenizer()) {
            goldens.sequences().forEach(ids -> {
                assertThat(stream(tokenizer, ids, false)).isEqualTo(TokenizerGoldens.whole(ids.path("decoded")));
                assertThat(stream(tokenizer, ids, true)).isEqualTo(TokenizerGoldens.whole(ids.path("decoded_skip")));
            });
            Random random = new Random(7);
            for (int round = 0; round < 300; round++) {
                int[] ids = random.ints(40, 0, tokenizer.vocabularySize()).toArray();
                assertThat(stream(tokenizer, ids, false)).isEqualTo(tokenizer.decode(ids, false));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "metaspace"})
    void sendsNoReplacementCharacterForACharacterThatIsStillComing(String kind) {
        try (Tokenizer tokenizer = TokenizerGoldens.read(kind).tokenizer()) {
            IncrementalDetokenizer detokenizer = tokenizer.detokenizer(true);
            for (int id : tokenizer.encode("鷹 \ud83d\ude00 café", true)) {
                assertThat(detokenizer.append(id)).doesNotContain("\ufffd");
            }
            assertThat(detokenizer.finish()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "metaspace"})
    void sendsEachWordWithItsTokenAndHoldsNothingBack(String kind) {
        try (Tokenizer tokenizer = TokenizerGoldens.read(kind).tokenizer()) {
            IncrementalDetokenizer detokenizer = tokenizer.detokenizer(true);
            int[] ids = tokenizer.encode("The quick fox went down to the harbour.", false);
            StringBuilder sent = new StringBuilder();
            for (int i = 0; i < ids.length; i++) {
                sent.append(detokenizer.append(ids[i]));
                assertThat(sent.toString()).isEqualTo(tokenizer.decode(Arrays.copyOf(ids, i + 1), true));
            }
        }
    }

    @Test
    void givesUpWaitingWhenByteTokensNeverBecomeACharacter() {
        try (Tokenizer tokenizer = TokenizerGoldens.read("metaspace").tokenizer()) {
            int broken = IntStream.range(0, tokenizer.vocabularySize())
                    .filter(id -> Arrays.equals(tokenizer.tokenText(id).bytes(), new byte[] {(byte) 0xff}))
                    .findFirst()
                    .orElseThrow();
            IncrementalDetokenizer detokenizer = tokenizer.detokenizer(true);
            StringBuilder sent = new StringBuilder();
            for (int i = 0; i < 1_000; i++) {
                sent.append(detokenizer.append(broken));
            }
            assertThat(sent.length()).isGreaterThan(990);
            assertThat(sent + detokenizer.finish()).isEqualTo("\ufffd".repeat(1_000));
        }
    }

    @Test
    void decodesOnlyAShortWindowHoweverLongTheSequence() {
        TokenizerGoldens goldens = TokenizerGoldens.read("metaspace");
        try (Tokenizer tokenizer = goldens.tokenizer()) {
            int[] longest = {0};
            Vocabulary vocabulary = Vocabulary.read(
                    new CheckpointJson(goldens.directory(), TokenizerLimits.DEFAULT).object("tokenizer.json"));
            WindowDetokenizer detokenizer = new WindowDetokenizer(vocabulary, true, ids -> {
                longest[0] = Math.max(longest[0], ids.length);
                return tokenizer.decode(ids, false);
            });
            int[] ids = tokenizer.encode("the harbour 鷹 ".repeat(500), false);
            StringBuilder sent = new StringBuilder();
            for (int id : ids) {
                sent.append(detokenizer.append(id));
            }
            assertThat(sent + detokenizer.finish()).isEqualTo(tokenizer.decode(ids, true));
            assertThat(longest[0]).isLessThanOrEqualTo(16);
        }
    }

    private static String stream(Tokenizer tokenizer, JsonNode sample, boolean skipSpecialTokens) {
        return stream(tokenizer, TokenizerGoldens.ids(sample.path("ids")), skipSpecialTokens);
    }

    private static String stream(Tokenizer tokenizer, int[] ids, boolean skipSpecialTokens) {
        IncrementalDetokenizer detokenizer = tokenizer.detokenizer(skipSpecialTokens);
        StringBuilder sent = new StringBuilder();
        for (int id : ids) {
            sent.append(detokenizer.append(id));
        }
        return sent.append(detokenizer.finish()).toString();
    }
}
