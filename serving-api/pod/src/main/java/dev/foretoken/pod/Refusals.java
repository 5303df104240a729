package dev.foretoken.pod;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.wire.pod.v1.Refused;

/** From the contract's error to a message. */
final class Refusals {

    private Refusals() {}

    static Refused encode(ForetokenException e) {
        Refused.Builder refused =
                Refused.newBuilder().setCode(e.code().number()).setMessage(String.valueOf(e.getMessage()));
        e.param().ifPresent(refused::setParam);
        e.retryAfter().ifPresent(time -> refused.setRetryAfterNanos(time.toNanos()));
        return refused.build();
    }
}
