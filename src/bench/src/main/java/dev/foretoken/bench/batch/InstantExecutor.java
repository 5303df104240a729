package dev.foretoken.bench.batch;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Answers every request at once, as a completion of so many characters. Any thread. */
final class InstantExecutor implements BatchExecutor {

    private static final int OK = 200;

    private final String end;

    /** @param characters of the answer's text */
    InstantExecutor(int characters) {
        end =
                "\",\"object\":\"text_completion\",\"created\":1700000000,\"model\":\"m\",\"choices\":[{\"index\":0,\"text\":\""
                        + "t".repeat(characters)
                        + "\",\"logprobs\":null,\"finish_reason\":\"length\"}],"
                        + "\"usage\":{\"prompt_tokens\":16,\"completion_tokens\":16,\"total_tokens\":32}}";
    }

    @Override
    public BatchAnswer run(BatchRequest request, BatchCancel cancel) {
        byte[] body = ("{\"id\":\"cmpl-" + request.id() + end).getBytes(StandardCharsets.UTF_8);
        return new BatchAnswer(OK, request.id(), body, Optional.empty());
    }

    @Override
    public Room room() {
        return Room.UNKNOWN;
    }
}
