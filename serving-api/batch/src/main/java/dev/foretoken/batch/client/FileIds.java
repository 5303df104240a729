package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.value.CustomId;
import java.util.Optional;
import java.util.Set;

/**
 * The ids of a file's requests, and as what they are sent. A topic is for many files and tenants, whose ids may be equal: so each is sent with a prefix
 * that follows from tenant and file. A file that is sent again has the same, one that was changed has others.
 *
 * @param prefix of every id in the topic
 * @param ids as they are in the file, in its order
 */
public record FileIds(String prefix, Set<String> ids) {

    /** Characters of a prefix: 64 bits as hexadecimal digits, and a dash. */
    static final int PREFIX_CHARACTERS = 17;

    /** Of the longest id that a file may have. */
    static final int MOST_CHARACTERS = BatchRequest.MOST_ID_CHARACTERS - PREFIX_CHARACTERS;

    public int count() {
        return ids.size();
    }

    /** As which a request is sent. */
    byte[] key(String id) {
        return (prefix + id).getBytes(US_ASCII);
    }

    /** What is sent of a line of the file. */
    byte[] sent(String id, byte[] line) {
        return CustomId.replace(line, prefix + id);
    }

    /** The id in the file, of a key in a topic; empty = of another file's request. */
    Optional<String> of(byte[] key) {
        String text = new String(key, US_ASCII);
        return text.startsWith(prefix) ? Optional.of(text.substring(prefix.length())) : Optional.empty();
    }
}
