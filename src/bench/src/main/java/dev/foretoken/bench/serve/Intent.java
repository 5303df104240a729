package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.CancelPoint;

/** What this client means to do with a request, decided before it is sent. */
sealed interface Intent {

    /** Read the answer to its end. */
    record Whole() implements Intent {}

    /** Leave before the end. */
    record Cancel(CancelPoint point) implements Intent {}

    /** Send something wrong and expect to be refused. */
    record Malformed(Mistake mistake) implements Intent {}

    default CancelPoint cancelPoint() {
        return switch (this) {
            case Whole w -> new CancelPoint.Never();
            case Cancel c -> c.point();
            // A server that accepts nonsense need not finish it: the first token shows that it did.
            case Malformed m -> new CancelPoint.AfterTokens(1);
        };
    }
}
