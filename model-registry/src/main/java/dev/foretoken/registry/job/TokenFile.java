package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Token ids as a blob: one sequence a line, ids in decimal, a space between two. */
final class TokenFile {
    /** 64 MiB of text hold some ten million tokens. */
    static final int MOST_BYTES = 64 << 20;

    private TokenFile() {}

    static byte[] write(List<int[]> sequences) {
        StringBuilder text = new StringBuilder();
        for (int[] sequence : sequences) {
            StringJoiner line = new StringJoiner(" ", "", "\n");
            for (int id : sequence) {
                line.add(Integer.toString(id));
            }
            text.append(line);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > MOST_BYTES) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the calibration has %d bytes of token ids, at most %d are taken: use less text"
                            .formatted(bytes.length, MOST_BYTES));
        }
        return bytes;
    }

    static List<int[]> read(byte[] bytes) {
        List<int[]> sequences = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.US_ASCII).lines().toList()) {
            sequences.add(ids(line));
        }
        return sequences;
    }

    private static int[] ids(String line) {
        if (line.isEmpty()) {
            return new int[0];
        }
        String[] words = line.split(" ", -1);
        int[] ids = new int[words.length];
        try {
            for (int i = 0; i < ids.length; i++) {
                ids[i] = Integer.parseInt(words[i]);
            }
        } catch (NumberFormatException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "a calibration blob holds no token ids", e);
        }
        return ids;
    }
}
