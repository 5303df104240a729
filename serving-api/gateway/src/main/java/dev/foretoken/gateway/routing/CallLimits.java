package dev.foretoken.gateway.routing;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How much is done for one request when engines refuse it or are lost.
 *
 * @param attempts engines that are asked before its first token, or to take over its stream
 * @param migrations how often its stream may move to another engine
 * @param hedgeAfter time without a first token after which a second engine gets the request too; zero = never
 */
public record CallLimits(int attempts, int migrations, Duration hedgeAfter) {

    public static final CallLimits DEFAULT = new CallLimits(4, 4, Duration.ZERO);

    public CallLimits {
        requireRange("call.attempts", attempts, 1, 100);
        requireRange("call.migrations", migrations, 0, 100);
        requireRange("call.hedge-after", hedgeAfter, Duration.ZERO, Duration.ofHours(1));
    }

    public CallLimits hedgingAfter(Duration time) {
        return new CallLimits(attempts, migrations, time);
    }
}
