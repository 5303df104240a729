package dev.foretoken.bench.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** One sending of one request on one connection. */
final class Attempt {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MESSAGE_LIMIT = 500;

    private final HttpClient http;
    private final HttpRequest request;
    private final CancelPoint cancel;
    private final EventStream stream;
    private volatile boolean answered;
    private boolean closedBeforeAnswer;

    Attempt(HttpClient http, HttpRequest request, StreamCall call, LongSupplier nanoClock) {
        this.http = http;
        this.request = request;
        this.cancel = call.cancel();
        this.stream = new EventStream(nanoClock, cancel instanceof CancelPoint.AfterTokens after ? after.tokens() : 0);
    }

    TokenTimes tokens() {
        return stream.tokens();
    }

    String text() {
        return stream.text();
    }

    /**
     * Whether the connection closed without one byte of an answer. Servers close idle connections while a client is
     * about to reuse them; that says nothing about this request, so the caller sends it again.
     */
    boolean closedBeforeAnswer() {
        return closedBeforeAnswer;
    }

    Ending run(Duration limit) throws InterruptedException {
        boolean leaves =
                cancel instanceof CancelPoint.AfterDelay after && after.delay().compareTo(limit) < 0;
        Duration wait = cancel instanceof CancelPoint.AfterDelay after && leaves ? after.delay() : limit;
        CompletableFuture<HttpResponse<Ending>> answer = http.sendAsync(request, this::handle);
        try {
            return answer.get(wait.toNanos(), TimeUnit.NANOSECONDS).body();
        } catch (TimeoutException e) {
            Ending ending = leaves ? new Ending.Cancelled() : new Ending.TimedOut(limit);
            stream.abandon(ending);
            answer.cancel(true);
            return ending;
        } catch (InterruptedException e) {
            stream.abandon(new Ending.Cancelled());
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            return broken(e.getCause());
        }
    }

    private BodySubscriber<Ending> handle(ResponseInfo info) {
        answered = true;
        if (info.statusCode() == 200) {
            return stream;
        }
        return BodySubscribers.mapping(
                BodySubscribers.ofString(StandardCharsets.UTF_8), body -> refused(info.statusCode(), body));
    }

    private Ending broken(Throwable cause) {
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return new Ending.Unreachable(String.valueOf(cause));
        }
        closedBeforeAnswer = !answered && cause instanceof IOException;
        return new Ending.Disconnected((answered ? "inside the answer: " : "before the answer: ") + cause.getMessage());
    }

    private static Ending refused(int status, String body) {
        try {
            JsonNode error = JSON.readTree(body).path("error");
            String message = error.path("message").asText(body);
            JsonNode code = error.path("code");
            return new Ending.Refused(
                    status, code.isValueNode() && !code.isNull() ? code.asText() : null, cut(message));
        } catch (IOException e) {
            return new Ending.Refused(status, null, cut(body));
        }
    }

    private static String cut(String message) {
        return message.length() <= MESSAGE_LIMIT ? message : message.substring(0, MESSAGE_LIMIT) + "...";
    }
}
