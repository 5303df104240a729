package dev.foretoken.batch.record.value;

import java.util.Optional;

/**
 * The parts of a value, in whichever format it came.
 *
 * @param version of the format; empty = not said
 * @param id the caller's; empty = not said
 * @param url which endpoint answers; empty = not said
 * @param model named beside the body; empty = not said
 * @param body of the request, not read
 */
public record RecordValue(
        Optional<String> version, Optional<String> id, Optional<String> url, Optional<String> model, byte[] body) {}
