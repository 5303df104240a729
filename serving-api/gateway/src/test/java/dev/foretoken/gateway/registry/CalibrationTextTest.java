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
