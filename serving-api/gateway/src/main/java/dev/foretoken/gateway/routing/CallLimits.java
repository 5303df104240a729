package dev.foretoken.gateway.routing;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * How much is done for one request when engines refuse it or are lost.
 *
 * @param attempts engines that are asked before its first token, or to take over its stream
 * @param migrations how often its stream may move to another engine
 */
public record CallLimits(int attempts, int migrations) {

    public static final CallLimits DEFAULT = new CallLimits(4, 4);

    public CallLimits {
        requireRange("call.attempts", attempts, 1, 100);
        requireRange("call.migrations", migrations, 0, 100);
    }
}
