package dev.foretoken.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonWriterTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void writesEveryCharacterSoThatAnotherParserReadsItBack() throws Exception {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint += codePoint < 0x3000 ? 1 : 97) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                String text = "a" + Character.toString(codePoint) + "b";
                assertThat(readBack(text)).isEqualTo(text);
            }
        }
    }

    @Test
    void replacesLoneSurrogates() throws Exception {
        assertThat(readBack("a\ud800b")).isEqualTo("a\ufffdb");
        assertThat(readBack("\udc00")).isEqualTo("\ufffd");
        assertThat(readBack("\ud800")).isEqualTo("\ufffd");
    }

    @Test
    void growsWithWhateverIsWritten() throws Exception {
        Random random = new Random(7);
        for (int length : new int[] {0, 1, 511, 512, 513, 5000}) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append((char) (random.nextInt(0x2fff)));
            }
            assertThat(readBack(text.toString())).isEqualTo(text.toString());
        }
    }

    @Test
    void writesNumbersAsJson() throws Exception {
        JsonWriter out = new JsonWriter();
        out.raw("[").number(Long.MIN_VALUE).raw(",").logprob(-1e-10f).raw(",").logprob(Float.NEGATIVE_INFINITY);
        out.raw(",")
                .numbers(new int[] {1, -2})
                .raw(",")
                .numbers(new byte[] {(byte) 200})
                .raw("]");
        assertThat(JSON.readTree(out.toBytes()).toString())
                .isEqualTo("[-9223372036854775808,-1.0E-10,-9999.0,[1,-2],[200]]");
    }

    @Test
    void forgetsWhatWasWrittenWhenCleared() {
        JsonWriter out = new JsonWriter().raw("abc");
        out.clear();
        assertThat(out.raw("d").toBytes()).containsExactly('d');
    }

    private static String readBack(String text) throws Exception {
        return JSON.readTree(new JsonWriter().string(text).toBytes()).textValue();
    }
}
