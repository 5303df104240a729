package dev.foretoken.gateway.registry;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts a text into the sequences that builds read: equally long pieces, evenly spread over the text, each with the tokens that the model's
 * tokenizer puts before any text.
 *
 * @param tokens of a sequence, those before the text included
 * @param most sequences
 */
public record CalibrationText(int tokens, int most) {

    public static final CalibrationText DEFAULT = new CalibrationText(512, 128);

    /** What is given to the tokenizer at once; cut at line ends. */
    private static final int CHUNK = 1 << 16;

    public CalibrationText {
        requireRange("calibration-tokens", tokens, 8, 1 << 17);
        requireRange("calibration-sequences", most, 1, 1 << 16);
    }

    /**
     * The sequences; the last one of a short text may be shorter.
     *
     * @throws ForetokenException INVALID_REQUEST for a text without a token
     */
    public List<int[]> sequences(Tokenizer tokenizer, String text) {
        int[] before = before(tokenizer);
        int[] all = encode(tokenizer, text);
        if (all.length == 0) {
            throw empty();
        }
        int body = tokens - before.length;
        int whole = Math.max(1, all.length / body);
        int count = Math.min(whole, most);
        List<int[]> sequences = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sequences.add(sequence(before, all, (int) ((long) i * whole / count) * body));
        }
        return sequences;
    }

    /**
     * The sequences of texts that have nothing to do with each other: none goes on in another text.
     *
     * @throws ForetokenException INVALID_REQUEST for texts without a token
     */
    public List<int[]> sequences(Tokenizer tokenizer, List<String> texts) {
        int[] before = before(tokenizer);
        List<int[]> all = new ArrayList<>();
        for (String text : texts) {
            int[] ids = encode(tokenizer, text);
            for (int from = 0; from < ids.length; from += tokens - before.length) {
                all.add(sequence(before, ids, from));
            }
        }
        if (all.isEmpty()) {
            throw empty();
        }
        int count = Math.min(all.size(), most);
        return IntStream.range(0, count)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
                .toList();
    }

    private int[] sequence(int[] before, int[] all, int from) {
        int[] piece = Arrays.copyOfRange(all, from, Math.min(from + tokens - before.length, all.length));
        int[] sequence = Arrays.copyOf(before, before.length + piece.length);
        System.arraycopy(piece, 0, sequence, before.length, piece.length);
        return sequence;
    }

    private static ForetokenException empty() {
        return new ForetokenException(
                ErrorCode.INVALID_REQUEST,
                "the calibration text is empty; give plain text like what the model will read");
    }

    /** What the tokenizer puts before every text, such as a begin token. */
    private static int[] before(Tokenizer tokenizer) {
        int[] plain = tokenizer.encode("a", false);
        int[] dressed = tokenizer.encode("a", true);
        for (int start = 0; start + plain.length <= dressed.length; start++) {
            if (Arrays.equals(Arrays.copyOfRange(dressed, start, start + plain.length), plain)) {
                return Arrays.copyOf(dressed, start);
            }
        }
        return new int[0];
    }

    private static int[] encode(Tokenizer tokenizer, String text) {
        List<int[]> pieces = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = end(text, from);
            pieces.add(tokenizer.encode(text.substring(from, to), false));
            from = to;
        }
        return pieces.stream().flatMapToInt(Arrays::stream).toArray();
    }

    /** After the last line end within a chunk; in a long line, anywhere but inside a surrogate pair. */
    private static int end(String text, int from) {
        int limit = from + CHUNK;
        if (limit >= text.length()) {
            return text.length();
        }
        int line = text.lastIndexOf('\n', limit - 1);
        int end = line > from ? line + 1 : limit;
        return Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
    }
}
