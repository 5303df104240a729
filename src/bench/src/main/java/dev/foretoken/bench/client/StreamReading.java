package dev.foretoken.bench.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads prepared bytes as a client would, so that a benchmark can say what this client itself costs per event. */
public final class StreamReading {
    private final byte[] bytes;

    /** @param events how many one-token completion events the stream has before its end */
    public StreamReading(int events) {
        String event =
                "data: {\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1700000000,\"model\":\"demo\","
                        + "\"choices\":[{\"index\":0,\"text\":\" cat\",\"logprobs\":null,\"finish_reason\":null}]}\n\n";
        this.bytes = (event.repeat(events) + "data: [DONE]\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the number of tokens found. */
    public int read() {
        EventStream stream = new EventStream(System::nanoTime, 0);
        stream.onNext(List.of(ByteBuffer.wrap(bytes)));
        return stream.tokens().total();
    }
}
