package dev.foretoken.e2e.langchain;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Collects a streamed chat; cancels it after {@code limit} pieces. */
final class StreamedAnswer implements StreamingChatResponseHandler {

    private static final long SECONDS = 120;

    private final int limit;
    private final List<String> pieces = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();

    StreamedAnswer(int limit) {
        this.limit = limit;
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
        pieces.add(piece.text());
        if (pieces.size() == limit) {
            context.streamingHandle().cancel();
            cancelled.countDown();
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        whole.complete(response);
    }

    @Override
    public void onError(Throwable error) {
        whole.completeExceptionally(error);
    }

    List<String> pieces() {
        return List.copyOf(pieces);
    }

    ChatResponse await() throws InterruptedException, TimeoutException {
        try {
            return whole.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the stream failed", e.getCause());
        }
    }

    Throwable awaitError() throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("the stream went well: " + whole.get(SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    boolean awaitCancelled() throws InterruptedException {
        return cancelled.await(SECONDS, TimeUnit.SECONDS);
    }
}
