package dev.foretoken.batch.job;

import dev.foretoken.contract.ForetokenException;
import java.util.Map;

/** What callers write on a job for themselves, within OpenAI's limits. */
final class Metadata {

    private static final int MOST = 16;
    private static final int LONGEST_KEY = 64;
    private static final int LONGEST_VALUE = 512;

    private Metadata() {}

    /** @throws ForetokenException INVALID_REQUEST */
    static Map<String, String> checked(Map<String, String> metadata) {
        boolean fits = metadata.size() <= MOST
                && metadata.entrySet().stream()
                        .allMatch(pair -> !pair.getKey().isEmpty()
                                && pair.getKey().length() <= LONGEST_KEY
                                && pair.getValue().length() <= LONGEST_VALUE);
        if (!fits || metadata.toString().indexOf('\0') >= 0) {
            throw ForetokenException.invalid(
                    "metadata",
                    "metadata has at most " + MOST + " pairs, of a key of 1 to " + LONGEST_KEY
                            + " characters and a text of at most " + LONGEST_VALUE + ", without the character 0");
        }
        return metadata;
    }
}
