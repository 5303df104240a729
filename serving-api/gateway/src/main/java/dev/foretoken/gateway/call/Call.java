package dev.foretoken.gateway.call;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.auth.Caller;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.TimeoutHeader;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request, as far as its answer depends on who sent it, when and how. Thread-safe. */
public interface Call {

    Gateway gateway();

    Caller caller();

    /** The value of a header by its name in lower case; null = not sent. */
    @Nullable
    String header(String name);

    /** Under which logs know it; not unique where the caller names it. */
    String requestId();

    /** On the clock of {@link dev.foretoken.gateway.answer.Answers#now}. */
    long arrivedAt();

    /** A decision sent the request, or part of it, somewhere. */
    void routed(String decision);

    /** Runs {@code action} when nobody waits for the answer any more, unless it is over: at once if that has happened already. */
    void whenClientLeaves(Runnable action);

    /**
     * The model of a name; waits for an engine of it where that is allowed.
     *
     * @throws dev.foretoken.contract.ForetokenException as {@link Gateway#require}
     */
    default ServedModel require(String model) throws InterruptedException {
        Optional<Duration> left = Optional.ofNullable(TimeoutHeader.read(this::header))
                .map(whole -> whole.minusNanos(gateway().answers().now() - arrivedAt()));
        return gateway()
                .require(model, new Gateway.Waiting(caller().account(), left, this::routed, this::whenClientLeaves));
    }

    /** The same of a model that was found already, for no longer than {@code longest}. */
    default Gateway.Awaited await(ServedModel model, Duration longest) throws InterruptedException {
        return gateway()
                .await(
                        model,
                        new Gateway.Waiting(
                                caller().account(), Optional.of(longest), this::routed, this::whenClientLeaves));
    }
}
