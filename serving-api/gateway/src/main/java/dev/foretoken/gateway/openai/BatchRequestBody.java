package dev.foretoken.gateway.openai;

import dev.foretoken.batch.job.BatchJobs;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.JsonFields;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The body with which a batch is asked for. */
public final class BatchRequestBody {

    private BatchRequestBody() {}

    /** @throws ForetokenException INVALID_REQUEST */
    public static BatchJobs.Asked read(JsonFields body) {
        return new BatchJobs.Asked(
                body.requiredString("input_file_id"),
                body.requiredString("endpoint"),
                body.requiredString("completion_window"),
                metadata(body),
                body.object("output_expires_after").map(BatchRequestBody::life));
    }

    private static Map<String, String> metadata(JsonFields body) {
        Map<String, String> pairs = new HashMap<>();
        body.object("metadata")
                .ifPresent(fields -> fields.names().forEach(name -> pairs.put(name, fields.requiredString(name))));
        return pairs;
    }

    private static Duration life(JsonFields fields) {
        Long seconds = fields.integer("seconds");
        return FileLife.of(
                "output_expires_after", fields.requiredString("anchor"), seconds == null ? "" : seconds.toString());
    }
}
