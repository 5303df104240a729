package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.Ending;

/** What became of a request, seen together with what was meant. */
enum Fate {
    COMPLETED,
    CANCELLED,
    COMPLETED_BEFORE_CANCEL,
    MALFORMED_REFUSED,
    MALFORMED_ACCEPTED,
    FAILED,
    ;

    static Fate of(Intent intent, Ending ending) {
        return switch (intent) {
            case Intent.Whole w -> ending instanceof Ending.Completed ? COMPLETED : FAILED;
            case Intent.Cancel c -> ofCancel(ending);
            case Intent.Malformed m -> ofMalformed(ending);
        };
    }

    private static Fate ofCancel(Ending ending) {
        if (ending instanceof Ending.Cancelled) {
            return CANCELLED;
        }
        return ending instanceof Ending.Completed ? COMPLETED_BEFORE_CANCEL : FAILED;
    }

    private static Fate ofMalformed(Ending ending) {
        if (ending instanceof Ending.Refused refused && refused.status() / 100 == 4) {
            return MALFORMED_REFUSED;
        }
        boolean accepted = ending instanceof Ending.Cancelled || ending instanceof Ending.Completed;
        return accepted ? MALFORMED_ACCEPTED : FAILED;
    }
}
