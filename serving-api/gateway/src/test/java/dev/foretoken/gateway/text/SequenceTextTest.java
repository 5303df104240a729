package dev.foretoken.gateway.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceTextTest {
    @Test
    void stopsInsideTheTokensAndCountsTheSurplusOnes() {
        try (Tokenizer tokenizer = TokenizerGoldens.read("byte-level").tokenizer()) {
            int[] ids = tokenizer.encode("The quick fox went down to the harbour.", false);
            SequenceText text = new SequenceText(tokenizer.detokenizer(true), new StopStrings(List.of("ox we"), false));
            StringBuilder sent = new StringBuilder();
            for (int id : ids) {
                sent.append(text.append(id));
            }
            sent.append(text.finish());
            assertThat(sent.toString()).isEqualTo("The quick f");
            assertThat(text.stop()).isEqualTo("ox we");
            assertThat(text.tokens() + text.surplusTokens()).isEqualTo(ids.length);
            int[] billed = Arrays.copyOf(ids, text.tokens());
            assertThat(tokenizer.decode(billed, true)).contains("ox we");
            assertThat(tokenizer.decode(Arrays.copyOf(ids, text.tokens() - 1), true))
                    .doesNotContain("ox we");
        }
    }

    @Test
    void sendsWhatWasHeldBackWhenTheSequenceEnds() {
        try (Tokenizer tokenizer = TokenizerGoldens.read("metaspace").tokenizer()) {
            SequenceText text =
                    new SequenceText(tokenizer.detokenizer(true), new StopStrings(List.of("fox jumped"), false));
            StringBuilder sent = new StringBuilder();
            for (int id : tokenizer.encode("The quick fox", true)) {
                sent.append(text.append(id));
            }
            assertThat(sent.toString()).isEqualTo("The quick ");
            assertThat(text.finish()).isEqualTo("fox");
            assertThat(text.stop()).isNull();
        }
    }
}
