package dev.foretoken.bench.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Sums up the tokens of answers, each of which has to be a whole one. One thread. */
final class AnswerTokens implements Consumer<ConsumerRecord<byte[], byte[]>> {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final int each;
    private long tokens;

    /** @param each tokens that every answer must have */
    AnswerTokens(int each) {
        this.each = each;
    }

    /** @throws IllegalStateException it is no answer of so many tokens */
    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record) {
        try {
            JsonNode line = JSON.readTree(record.value());
            long found = line.at("/response/body/usage/completion_tokens").asLong(-1);
            if (found != each) {
                throw new IllegalStateException("an answer is not one of " + each + " tokens: " + line);
            }
            tokens += found;
        } catch (IOException e) {
            throw new UncheckedIOException("an answer is no JSON", e);
        }
    }

    long tokens() {
        return tokens;
    }
}
