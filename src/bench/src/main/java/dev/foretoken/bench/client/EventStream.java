package dev.foretoken.bench.client;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a streamed answer on the HTTP client's thread as it arrives, so that the time of a token does not include the
 * wake-up of a waiting thread. The future body is the ending; a broken connection fails the future instead.
 */
final class EventStream implements BodySubscriber<Ending> {
    private static final String LAST = "[DONE]";

    private final LongSupplier nanoClock;
    private final int cancelAfterTokens;
    private final SseParser parser = new SseParser(this::onEvent);
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private final TokenTimes tokens = new TokenTimes();
    private final StringBuilder text = new StringBuilder();
    private @Nullable Subscription subscription;
    private boolean countsById;
    private @Nullable String finishReason;
    private @Nullable Usage usage;

    /** @param cancelAfterTokens leaves once so many tokens were counted; 0: never */
    EventStream(LongSupplier nanoClock, int cancelAfterTokens) {
        this.nanoClock = nanoClock;
        this.cancelAfterTokens = cancelAfterTokens;
    }

    synchronized TokenTimes tokens() {
        return tokens;
    }

    synchronized String text() {
        return text.toString();
    }

    /** Ends the reading from outside; nothing is added afterwards. */
    synchronized void abandon(Ending reason) {
        leave(reason);
    }

    @Override
    public CompletionStage<Ending> getBody() {
        return ending;
    }

    @Override
    public synchronized void onSubscribe(Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            if (ending.isDone()) {
                return;
            }
            parser.accept(piece);
        }
    }

    @Override
    public void onError(Throwable cause) {
        ending.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
        ending.complete(new Ending.Garbled("the stream ended before data: [DONE]"));
    }

    private void onEvent(byte[] data) {
        if (ending.isDone()) {
            return;
        }
        if (isLast(data)) {
            ending.complete(new Ending.Completed(finishReason, usage));
            return;
        }
        try {
            onChunk(ChunkReader.read(data));
        } catch (IOException e) {
            leave(new Ending.Garbled("expected a JSON chunk, found: " + shortened(data)));
        }
    }

    private void onChunk(Chunk chunk) {
        if (chunk.error() != null) {
            leave(new Ending.FailedInStream(chunk.error()));
            return;
        }
        countsById |= chunk.countedById();
        // A server that sends ids may still flush held-back text without one: that text is no further token.
        int count = countsById && !chunk.countedById() ? 0 : chunk.tokens();
        if (count > 0) {
            tokens.add(nanoClock.getAsLong(), count);
        }
        text.append(chunk.text());
        finishReason = chunk.finishReason() == null ? finishReason : chunk.finishReason();
        usage = chunk.usage() == null ? usage : chunk.usage();
        if (cancelAfterTokens > 0 && tokens.total() >= cancelAfterTokens) {
            leave(new Ending.Cancelled());
        }
    }

    private void leave(Ending reason) {
        ending.complete(reason);
        if (subscription != null) {
            subscription.cancel();
        }
    }

    private static boolean isLast(byte[] data) {
        return data.length < 16
                && new String(data, StandardCharsets.UTF_8).strip().equals(LAST);
    }

    private static String shortened(byte[] data) {
        return new String(data, 0, Math.min(data.length, 200), StandardCharsets.UTF_8);
    }
}
