package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Answers at once, with what is a function of the request. */
public class EchoExecutor implements BatchExecutor {

    @Override
    public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
        return new BatchAnswer(200, "r-" + request.id(), body(request.id(), request.body()), Optional.empty());
    }

    /** The body of the answer to this request. */
    static byte[] body(String id, byte[] body) {
        return ("{\"echo\":\"" + id + "\",\"hash\":" + Arrays.hashCode(body) + "}").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Room room() {
        return Room.UNKNOWN;
    }
}
