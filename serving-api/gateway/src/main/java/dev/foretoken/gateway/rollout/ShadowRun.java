package dev.foretoken.gateway.rollout;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.variant.ShadowBoard;
import dev.foretoken.routing.variant.ShadowRule;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * One shadow from its engine's choice to its last token. It goes straight to the least busy engine, of the lowest priority, is not repeated,
 * and its failures are not held against the engine, which answers callers too. One thread.
 */
final class ShadowRun {

    private static final Logger LOG = Logger.getLogger(ShadowRun.class);
    /** How often the engine's load is looked at. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final ServedModel target;
    private final ShadowRule rule;
    private final ShadowBoard board;
    private final LongSupplier nanoClock;
    private final TokenLog tokens;

    ShadowRun(ServedModel target, ShadowRule rule, ShadowBoard board, LongSupplier nanoClock) {
        this.target = target;
        this.rule = rule;
        this.board = board;
        this.nanoClock = nanoClock;
        this.tokens = new TokenLog(rule.maxTokens());
    }

    void run(GenerationRequest mirrored, ShadowPair pair) {
        try {
            Optional<EngineEndpoint> endpoint = idlest();
            if (endpoint.isEmpty() || isBusy(endpoint.get())) {
                board.shed();
                return;
            }
            switch (answer(endpoint.get(), request(mirrored))) {
                case ENDED -> pair.shadowEnded(tokens.toArray());
                case SHED -> board.shed();
                case FAILED -> board.failed();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            board.skipped();
        } catch (RuntimeException | Error e) {
            LOG.debugf(e, "the shadow of request %s failed", mirrored.identity().requestId());
            board.failed();
        }
    }

    /** How a shadow can end. */
    private enum End {
        ENDED,
        SHED,
        FAILED,
    }

    private Optional<EngineEndpoint> idlest() {
        return target.endpoints().stream()
                .filter(endpoint -> endpoint.info(target.engineModel())
                        .filter(info -> info.state() == ModelState.READY)
                        .isPresent())
                .min(Comparator.comparingInt(endpoint -> endpoint.load(target.engineModel())
                        .map(load -> load.waiting() + load.running())
                        .orElse(0)));
    }

    /** Sequences of all models count: they share the processor. */
    private boolean isBusy(EngineEndpoint endpoint) {
        return endpoint.engine().report().models().stream()
                        .mapToInt(ModelLoad::waiting)
                        .sum()
                > rule.limits().maxWaiting();
    }

    /** Of a tenant of its own: a caller pays nothing for it, and finds nothing of it in a cache. */
    private GenerationRequest request(GenerationRequest mirrored) {
        RequestIdentity identity = mirrored.identity();
        return new GenerationRequest(
                new RequestIdentity(
                        identity.requestId() + "-shadow", "shadow of " + identity.tenant(), identity.cacheSalt()),
                target.engineModel(),
                mirrored.prompt(),
                1,
                mirrored.sampling(),
                mirrored.stop(),
                OutputOptions.TOKENS_ONLY,
                mirrored.service().withPriority(Priority.BATCH).withTimeout(LONGEST),
                mirrored.options());
    }

    private End answer(EngineEndpoint endpoint, GenerationRequest request) throws InterruptedException {
        long from = nanoClock.getAsLong();
        long lookedAt = from;
        Generation generation = endpoint.engine().submit(request);
        try {
            while (!tokens.isFull()) {
                Optional<EngineEvent> event = generation.next(LOOK);
                if (event.isEmpty() && generation.isDone()) {
                    return End.FAILED;
                }
                if (event.isPresent() && event.get().isLast()) {
                    return event.get() instanceof EngineEvent.Finished ? End.ENDED : End.FAILED;
                }
                if (event.isPresent() && event.get() instanceof EngineEvent.TokenGenerated token) {
                    tokens.add(token.tokenId());
                }
                long now = nanoClock.getAsLong();
                if (now - from > LONGEST.toNanos()) {
                    return End.FAILED;
                }
                if (now - lookedAt >= LOOK.toNanos()) {
                    lookedAt = now;
                    if (isBusy(endpoint)) {
                        return End.SHED;
                    }
                }
            }
            return End.ENDED;
        } finally {
            generation.cancel();
        }
    }
}
