package dev.foretoken.gateway.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationTextTest {

    private final Tokenizer tokenizer = Models.byteLevelTokenizer();

    @Test
    void piecesAreEquallyLongAndSpreadOverTheText() {
        String text = "abcdefgh\n".repeat(200);
        int[] all = tokenizer.encode(text, false);
        List<int[]> some = new CalibrationText(16, 4).sequences(tokenizer, text);
        assertThat(some).hasSize(4).allMatch(piece -> piece.length == 16);
        int pieces = all.length / 16;
        for (int i = 0; i < 4; i++) {
            int from = pieces * i / 4 * 16;
            assertThat(some.get(i)).isEqualTo(Arrays.copyOfRange(all, from, from + 16));
        }
    }

    @Test
    void textsThatStandForThemselvesAreCutEachForItself() {
        List<String> texts = List.of("a".repeat(40), "", "b".repeat(10), "c".repeat(16));
        List<int[]> all = new CalibrationText(16, 99).sequences(tokenizer, texts);
        int[] lengths = all.stream().mapToInt(piece -> piece.length).toArray();
        int longest = tokenizer.encode(texts.getFirst(), false).length;
        assertThat(lengths).containsExactly(16, 16, longest - 32, 10, 16);
        assertThat(all.get(3)).isEqualTo(tokenizer.encode(texts.get(2), false));
        assertThat(new CalibrationText(16, 2).sequences(tokenizer, texts)).containsExactly(all.get(0), all.get(2));
    }

    @Test
    void aShortTextIsOneShortPiece() {
        assertThat(new CalibrationText(512, 128).sequences(tokenizer, "hello"))
                .singleElement()
                .isEqualTo(tokenizer.encode("hello", false));
    }

    @Test
    void longLinesAreCutBetweenWholeCharacters() {
        String text = "x".repeat((1 << 16) - 1) + "\uD83D\uDE00" + "y".repeat(10);
        List<int[]> pieces = new CalibrationText(1 << 17, 9).sequences(tokenizer, text);
        assertThat(pieces).singleElement().isEqualTo(tokenizer.encode(text, false));
    }

    @Test
    void anEmptyTextIsRefused() {
        assertThatThrownBy(() -> CalibrationText.DEFAULT.sequences(tokenizer, ""))
                .hasMessageContaining("calibration text is empty");
    }

    @Test
    void limitsAreNamed() {
        assertThatThrownBy(() -> new CalibrationText(7, 1)).hasMessageContaining("calibration-tokens=7");
        assertThatThrownBy(() -> new CalibrationText(8, 0)).hasMessageContaining("calibration-sequences=0");
    }
}
