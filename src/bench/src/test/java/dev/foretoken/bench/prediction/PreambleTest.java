package dev.foretoken.bench.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.registry.measure.Question;
import dev.foretoken.registry.measure.TextCodec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PreambleTest {
    private static final Question QUESTION = new Question(
            "Ada owns a cat. Ida lives in Oslo.\nQuestion: Where does Ida live?\nAnswer:",
            "Ida lives in Oslo.",
            1,
            9,
            "k");

    @Test
    void saysTheQuestionAgainWithOrWithoutAFactBeforeIt() {
        assertThat(Preamble.NONE.before(QUESTION)).isEmpty();
        assertThat(Preamble.QUESTION.before(QUESTION)).isEqualTo("\nQuestion: Where does Ida live?\nAnswer:");
        assertThat(Preamble.FACT.before(QUESTION))
                .isEqualTo(" Ada owns a cat.\nQuestion: Where does Ida live?\nAnswer:");
        Question other = new Question("Ada owns a cat.", "x", 1, 9, "k");
        assertThatThrownBy(() -> Preamble.QUESTION.before(other)).hasMessageContaining("--preamble none");
    }

    @Test
    void anAnswerIsWhatStandsBehindThePreambleUpToTheLineBreak() {
        AskedQuestion asked = AskedQuestion.of(QUESTION, Preamble.QUESTION, new Bytes());
        String before = Preamble.QUESTION.before(QUESTION);
        assertThat(asked.isAnsweredBy(bytes(before + " Ida lives in Oslo.\nQuestion"), new Bytes()))
                .isTrue();
        assertThat(asked.isAnsweredBy(bytes(before + " Ida lives in Rome.\n"), new Bytes()))
                .isFalse();
        assertThat(asked.isAnsweredBy(bytes(before), new Bytes())).isFalse();
    }

    private static int[] bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        int[] ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i];
        }
        return ids;
    }

    /** One token per byte. */
    private static final class Bytes implements TextCodec {
        @Override
        public int[] prompt(String text) {
            return bytes(text);
        }

        @Override
        public int[] piece(String text) {
            return bytes(text);
        }

        @Override
        public String text(int[] ids) {
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append((char) id);
            }
            return text.toString();
        }
    }
}
