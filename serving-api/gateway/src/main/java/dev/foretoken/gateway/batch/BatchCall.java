package dev.foretoken.gateway.batch;

import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.auth.Caller;
import dev.foretoken.gateway.call.Call;
import dev.foretoken.gateway.openai.TimeoutHeader;
import dev.foretoken.gateway.tenant.PriorityNames;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request of a batch; what it says beside its body is what HTTP callers say in headers. */
final class BatchCall implements Call {

    private static final String TRACE = "traceparent";

    private final Gateway gateway;
    private final String requestId;
    private final BatchCancel cancel;
    private final long arrivedAt;
    private final Caller caller;
    private final Map<String, String> headers = new HashMap<>();

    /** @throws ForetokenException PERMISSION_DENIED for an unknown tenant, DEADLINE_EXCEEDED */
    BatchCall(Gateway gateway, BatchRequest request, String requestId, BatchCancel cancel) {
        this.gateway = gateway;
        this.requestId = requestId;
        this.cancel = cancel;
        this.arrivedAt = gateway.answers().now();
        this.caller = gateway.authenticator().named(request.tenant().orElse("")).atMost(request.priority());
        headers.put(PriorityNames.HEADER, request.priority().publicName());
        request.trace().ifPresent(trace -> headers.put(TRACE, trace.text()));
        request.deadline()
                .ifPresent(deadline -> headers.put(TimeoutHeader.NAME, TimeoutHeader.text(timeLeft(deadline))));
    }

    /** No longer than any request may take. */
    private Duration timeLeft(Instant deadline) {
        Duration left = Duration.between(gateway.clocks().wall().instant(), deadline);
        if (left.toMillis() <= 0) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the deadline of the request, " + deadline + ", had passed before it was begun");
        }
        Duration longest = gateway.config().answers().maxTimeout();
        return left.compareTo(longest) < 0 ? left : longest;
    }

    @Override
    public Gateway gateway() {
        return gateway;
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public long arrivedAt() {
        return arrivedAt;
    }

    /** The record of the decision names the request. */
    @Override
    public void routed(String decision) {}

    @Override
    public void whenClientLeaves(Runnable action) {
        cancel.onCancel(action);
    }
}
